/** Fields of short forms: a label that is seen, what is wrong below it, a password that can be looked at. */
import { Eye, EyeOff } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { IconButton } from './button';
import { Icon } from './icon';

interface Common {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: ComponentChildren;
  error?: string | undefined;
  disabled?: boolean;
  required?: boolean;
  name?: string;
  class?: string;
}

const INPUT =
  'block h-9 w-full rounded-control border bg-bg px-3 text-body disabled:opacity-60 max-lg:h-11 max-lg:text-[1rem]';

export const inputClass = (isWrong = false) => `${INPUT} ${isWrong ? 'border-bad-fill' : 'border-edge'}`;

function Frame(props: Pick<Common, 'label' | 'hint' | 'error' | 'class'> & { id: string; children: ComponentChildren }) {
  return (
    <div class={props.class}>
      <label for={props.id} class="mb-1.5 block text-control font-medium">
        {props.label}
      </label>
      {props.children}
      {props.error ? (
        <p id={`${props.id}-note`} role="alert" class="mt-1.5 text-caption text-bad">
          {props.error}
        </p>
      ) : (
        props.hint && (
          <p id={`${props.id}-note`} class="mt-1.5 text-caption text-ink3">
            {props.hint}
          </p>
        )
      )}
    </div>
  );
}

const described = (id: string, { error, hint }: Common) => ({
  'aria-invalid': error ? true : undefined,
  'aria-describedby': error || hint ? `${id}-note` : undefined,
});

export function TextField(
  props: Common & { placeholder?: string | undefined; autocomplete?: string; mono?: boolean; autoFocus?: boolean; list?: string },
) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <input
        id={id}
        type="text"
        name={props.name}
        value={props.value}
        placeholder={props.placeholder}
        list={props.list}
        autocomplete={props.autocomplete ?? 'off'}
        autocapitalize="off"
        spellcheck={false}
        autofocus={props.autoFocus}
        disabled={props.disabled}
        required={props.required}
        class={`${inputClass(!!props.error)} ${props.mono ? 'font-mono' : ''}`}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        {...described(id, props)}
      />
    </Frame>
  );
}

export function PasswordField(props: Common & { autocomplete: 'current-password' | 'new-password' | 'off'; autoFocus?: boolean }) {
  const id = useId();
  const [isShown, show] = useState(false);
  const shared = {
    id,
    name: props.name ?? 'password',
    value: props.value,
    autocomplete: props.autocomplete,
    autocapitalize: 'off' as const,
    spellcheck: false,
    autofocus: props.autoFocus,
    disabled: props.disabled,
    required: props.required,
    class: `${inputClass(!!props.error)} pr-11`,
    onInput: (event: preact.TargetedEvent<HTMLInputElement>) => props.onInput(event.currentTarget.value),
    ...described(id, props),
  };
  return (
    <Frame {...props} id={id}>
      <div class="relative">
        {isShown ? <input type="text" {...shared} /> : <input type="password" {...shared} />}
        <IconButton
          name={isShown ? EyeOff : Eye}
          label={isShown ? 'Hide password' : 'Show password'}
          class="absolute inset-y-0 right-0 h-full!"
          onClick={() => show(!isShown)}
        />
      </div>
    </Frame>
  );
}

export function SelectField(props: Common & { options: readonly (readonly [value: string, text: string])[] }) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <Chevroned>
        <select
          id={id}
          name={props.name}
          value={props.value}
          disabled={props.disabled}
          class={`${inputClass(!!props.error)} appearance-none pr-9`}
          onChange={(event) => props.onInput(event.currentTarget.value)}
          {...described(id, props)}
        >
          {props.options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Chevroned>
    </Frame>
  );
}

/** The browsers' own arrows differ, and keep to no padding. */
function Chevroned({ children, class: className = '' }: { children: ComponentChildren; class?: string }) {
  return (
    <div class={`relative ${className}`}>
      {children}
      <Icon name="down" size={14} class="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink3" />
    </div>
  );
}

/** A choice in a row of filters; its name is for screen readers, since the first option says it. */
export function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChange: (value: string) => void;
  class?: string;
}) {
  const isSet = props.value !== '';
  return (
    <Chevroned class={`min-w-0 ${props.class ?? 'max-sm:flex-1'}`}>
      <select
        aria-label={props.label}
        value={props.value}
        class={`h-8 max-w-56 appearance-none truncate rounded-control border bg-panel pr-7 pl-2.5 text-control max-lg:h-10 max-sm:w-full ${isSet ? 'border-ink font-medium text-ink' : 'border-line text-ink2'}`}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Chevroned>
  );
}
