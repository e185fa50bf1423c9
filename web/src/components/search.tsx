import { useEffect, useRef } from 'preact/hooks';
import { addShortcuts } from '../lib/keys';
import { Icon } from './icon';
import { IconButton } from './button';
import { Key } from './key';

/** The search of a list; `/` goes to it, Esc empties and leaves it. */
export function Search(props: {
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
  /** Called when it is left empty. */
  onLeave?: () => void;
  autoFocus?: boolean;
  class?: string;
}) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => addShortcuts([{ keys: '/', what: 'Search', run: () => ref.current?.focus() }]), []);
  useEffect(() => {
    if (props.autoFocus) ref.current?.focus();
  }, [props.autoFocus]);
  return (
    <div class={`relative flex items-center ${props.class ?? ''}`}>
      <Icon name="search" class="pointer-events-none absolute left-2.5 text-ink3" />
      <input
        ref={ref}
        type="search"
        aria-label={`Search: ${props.placeholder}`}
        placeholder={props.placeholder}
        value={props.value}
        class="peer h-8 w-full rounded-control border border-line bg-panel pr-8 pl-8 text-control max-lg:h-10 [&::-webkit-search-cancel-button]:hidden"
        onInput={(event) => props.onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          props.onChange('');
          event.currentTarget.blur();
          props.onLeave?.();
        }}
      />
      {props.value ? (
        <IconButton
          name="x"
          label="Clear search"
          class="absolute right-0 size-8! max-lg:size-10!"
          size={14}
          onClick={() => {
            props.onChange('');
            props.onLeave?.();
          }}
        />
      ) : (
        <span class="pointer-events-none absolute right-2 peer-focus:hidden max-lg:hidden">
          <Key text="/" />
        </span>
      )}
    </div>
  );
}
