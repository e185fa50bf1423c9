/** Fields: bare ones for who has a label already, and those of short forms with a label that is seen and what is wrong below it. */
import { Eye, EyeOff } from 'lucide';
import type { ComponentChildren, Ref } from 'preact';
import { useId, useState } from 'preact/hooks';
import { IconButton } from './button';
import { Icon } from './icon';

const INPUT =
  'block h-9 w-full min-w-0 rounded-control border bg-panel px-3 text-control disabled:opacity-60 max-lg:h-11 max-lg:text-[1rem] dark:bg-bg';

const inputClass = (isWrong: boolean) => `${INPUT} ${isWrong ? 'border-bad-fill' : 'border-edge'}`;

/** What a bare field takes. */
interface Bare {
  value: string;
  onInput: (value: string) => void;
  onBlur?: () => void;
  id?: string;
  name?: string | undefined;
  disabled?: boolean | undefined;
  required?: boolean | undefined;
  autoFocus?: boolean | undefined;
  class?: string;
  'aria-label'?: string | undefined;
  'aria-invalid'?: true | undefined;
  'aria-describedby'?: string | undefined;
}

interface Text extends Bare {
  placeholder?: string | undefined;
  autocomplete?: string | undefined;
  inputMode?: 'numeric' | 'decimal' | undefined;
  /** The id of its suggestions. */
  list?: string | undefined;
  maxLength?: number | undefined;
  mono?: boolean | undefined;
  onEnter?: () => void;
}

/** Nothing that is typed here is prose. */
const PLAIN = { autocapitalize: 'off', spellcheck: false } as const;

export function TextBox({ mono, autoFocus, class: className = '', onInput, onEnter, ...rest }: Text) {
  return (
    <input
      autocomplete="off"
      {...PLAIN}
      {...rest}
      type="text"
      autofocus={autoFocus}
      class={`${inputClass(!!rest['aria-invalid'])} ${mono ? 'font-mono' : ''} ${className}`}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (!onEnter || event.key !== 'Enter') return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

/** What is typed can be looked at. */
export function PasswordBox({ autoFocus, class: className = '', inputRef, onInput, what = 'password', ...rest }: Bare & {
  autocomplete: 'current-password' | 'new-password' | 'off';
  inputRef?: Ref<HTMLInputElement>;
  /** What its button shows and hides. */
  what?: string;
}) {
  const [isShown, show] = useState(false);
  const shared = {
    ...PLAIN,
    ...rest,
    ref: inputRef ?? null,
    autofocus: autoFocus,
    class: `${inputClass(!!rest['aria-invalid'])} pr-11`,
    onInput: (event: preact.TargetedEvent<HTMLInputElement>) => onInput(event.currentTarget.value),
  };
  return (
    <div class={`relative ${className}`}>
      {isShown ? <input type="text" {...shared} /> : <input type="password" {...shared} />}
      <IconButton
        name={isShown ? EyeOff : Eye}
        label={`${isShown ? 'Hide' : 'Show'} ${what}`}
        class="absolute inset-y-0 right-0 h-full!"
        onClick={() => show(!isShown)}
      />
    </div>
  );
}

export function SelectBox({ class: className = '', onInput, children, ...rest }: Bare & { children: ComponentChildren }) {
  return (
    <Chevroned class={className}>
      <select
        {...rest}
        class={`${inputClass(!!rest['aria-invalid'])} appearance-none truncate pr-9`}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        {children}
      </select>
    </Chevroned>
  );
}

/** What a field of a short form takes beside that. */
interface Labelled {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Of the whole field. */
  class?: string;
}

function Frame({ id, label, hint, error, class: className, children }: Labelled & { id: string; children: ComponentChildren }) {
  return (
    <div class={className}>
      <label for={id} class="mb-1.5 block text-control font-medium">
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-note`} role="alert" class="mt-1.5 text-caption text-bad">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-note`} class="mt-1.5 text-caption text-ink3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** Parts what a field takes into its frame and its box. */
function useParts<P extends Bare & Labelled>({ label, hint, error, class: className, ...rest }: P) {
  const made = useId();
  const id = rest.id ?? made;
  return {
    frame: { id, label, hint, error, ...(className !== undefined && { class: className }) },
    box: { ...rest, id, 'aria-invalid': error ? (true as const) : undefined, 'aria-describedby': error || hint ? `${id}-note` : undefined },
  };
}

export function TextField(props: Text & Labelled) {
  const { frame, box } = useParts(props);
  return (
    <Frame {...frame}>
      <TextBox {...box} />
    </Frame>
  );
}

export function PasswordField({ name = 'password', ...props }: Bare & Labelled & { autocomplete: 'current-password' | 'new-password' | 'off' }) {
  const { frame, box } = useParts({ ...props, name });
  return (
    <Frame {...frame}>
      <PasswordBox {...box} />
    </Frame>
  );
}

export function SelectField({ options, ...props }: Bare & Labelled & { options: readonly (readonly [value: string, text: string])[] }) {
  const { frame, box } = useParts(props);
  return (
    <Frame {...frame}>
      <SelectBox {...box}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectBox>
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
