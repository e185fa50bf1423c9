/** The control of each shape of value. */
import { useRef, useState } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { SelectBox, TextBox } from '../../components/text-field';
import { kindName } from '../../lib/config-diff';
import { problemOf } from '../../lib/field';
import { type At, fallbackText } from './form';
import { List, NamedValues, Group } from './nested';
import { Secret } from './secret';

/** What ties a control to its name and to what is said about it. */
export function aria(at: At) {
  return {
    id: at.id,
    disabled: at.isLocked,
    'aria-invalid': at.problem ? (true as const) : undefined,
    'aria-describedby': at.problem ? `${at.id}-wrong ${at.noteId}` : at.noteId,
  };
}

export function Control(at: At) {
  switch (at.field.shape) {
    case 'switch':
      return <Switch {...at} />;
    case 'choice':
      return <Select {...at} />;
    case 'integer':
    case 'number':
      return <NumberInput {...at} />;
    case 'texts':
    case 'numbers':
      return <Tokens {...at} />;
    case 'choices':
      return <Choices {...at} />;
    case 'secret':
      return <Secret {...at} />;
    case 'group':
      return <Group {...at} />;
    case 'list':
      return <List {...at} />;
    case 'map':
      return <NamedValues {...at} />;
    default:
      return <TextInput {...at} />;
  }
}

export function TextInput(at: At & { list?: string; placeholder?: string; mono?: boolean }) {
  const { form, path, value } = at;
  return (
    <TextBox
      {...aria(at)}
      mono={at.mono}
      value={typeof value === 'string' ? value : ''}
      placeholder={at.placeholder ?? fallbackText(at)}
      list={at.list}
      maxLength={at.field.maxLength}
      onInput={(typed) => form.set(path, typed || undefined)}
      onBlur={() => form.left(path)}
    />
  );
}

export function NumberInput(at: At & { label?: string }) {
  const { form, path, field } = at;
  // What is typed is kept as it is, since "1." is on its way to 1.5 and "x" is a mistake to show.
  const text = useRef('');
  const [, again] = useState(0);
  const read = (typed: string) => (typed.trim() === '' ? undefined : Number(typed.trim().replace(',', '.')));
  const known = read(text.current);
  if (!Object.is(known, at.value) && !(Number.isNaN(known) && typeof at.value === 'string')) text.current = at.value === undefined ? '' : String(at.value);
  return (
    <div class="relative">
      <TextBox
        {...aria(at)}
        aria-label={at.label}
        inputMode={field.shape === 'integer' ? 'numeric' : 'decimal'}
        class={field.unit ? 'pr-11' : ''}
        value={text.current}
        placeholder={fallbackText(at)}
        onInput={(typed) => {
          text.current = typed;
          const number = read(text.current);
          form.set(path, Number.isNaN(number) ? text.current : number);
          again((n) => n + 1);
        }}
        onBlur={() => form.left(path)}
      />
      {field.unit && <span class="pointer-events-none absolute inset-y-0 right-3 flex items-center text-caption text-ink3">{field.unit}</span>}
    </div>
  );
}

export function Switch(at: At) {
  const isOn = (at.value ?? at.fallback) === true;
  return <Toggle {...aria(at)} isOn={isOn} onChange={(to) => at.form.set(at.path, to === (at.field.initial ?? false) ? undefined : to)} />;
}

/** A switch, a checkbox to those who do not see it. */
export function Toggle({ isOn, onChange, ...rest }: { isOn: boolean; onChange: (to: boolean) => void; id?: string; disabled?: boolean; 'aria-label'?: string }) {
  return (
    <span class="relative inline-flex h-6 w-10 shrink-0 max-lg:h-11 max-lg:items-center">
      <input
        {...rest}
        type="checkbox"
        role="switch"
        checked={isOn}
        class="peer absolute inset-0 z-10 size-full cursor-pointer appearance-none rounded-full disabled:cursor-default"
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="h-6 w-10 rounded-full border border-edge bg-sunk transition-colors duration-100 peer-checked:border-ink peer-checked:bg-ink peer-disabled:opacity-50" />
      <span class="absolute left-1 size-4 translate-y-1 rounded-full bg-idle-fill transition-transform duration-100 peer-checked:translate-x-4 peer-checked:bg-bg max-lg:translate-y-0" />
    </span>
  );
}

function Select(at: At) {
  const { form, path, field } = at;
  const choices = field.choices ?? [];
  return (
    <SelectBox
      {...aria(at)}
      value={String(at.value ?? at.fallback ?? '')}
      onInput={(value) => {
        form.set(path, value === '' || value === field.initial ? undefined : value);
        form.left(path);
      }}
    >
      {at.fallback === undefined && <option value="">{field.isRequired ? 'Choose' : 'Not set'}</option>}
      {choices.map((it) => (
        <option key={it.value} value={it.value}>
          {it.value.charAt(0).toUpperCase() + it.value.slice(1)}
          {it.description && ` – ${it.description.replace(/\.$/, '')}`}
        </option>
      ))}
    </SelectBox>
  );
}

function Choices(at: At) {
  const { form, path, field } = at;
  const chosen = Array.isArray(at.value) ? (at.value as string[]) : [];
  const choices = field.item?.choices ?? [];
  return (
    <div class="flex flex-wrap gap-2">
      {choices.map(({ value, description }) => {
        const isOn = chosen.includes(value);
        return (
          <label
            key={value}
            title={description}
            class={`inline-flex h-8 items-center gap-2 rounded-control border px-2.5 text-control max-lg:h-11 ${isOn ? 'border-ink bg-raise' : 'border-edge'}`}
          >
            <input
              type="checkbox"
              checked={isOn}
              disabled={at.isLocked}
              class="accent-ink"
              onChange={() => {
                const next = choices.map((it) => it.value).filter((it) => (it === value ? !isOn : chosen.includes(it)));
                form.set(path, next.length > 0 ? next : undefined);
              }}
            />
            {value === 'auto' ? 'Not known yet' : kindName(value)}
          </label>
        );
      })}
    </div>
  );
}

/** Short texts one after the other; Enter, a comma or leaving the field adds what was typed. */
export function Tokens(at: At & { suggestions?: readonly string[]; label?: string }) {
  const { form, path, field } = at;
  const isNumbers = field.shape === 'numbers';
  const values = Array.isArray(at.value) ? (at.value as (string | number)[]) : [];
  const [typed, type] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const put = (next: readonly (string | number)[]) => form.set(path, next.length > 0 ? next : undefined);
  const add = () => {
    const fresh = typed.split(/[,;\s]*[,;\n]\s*/).map((it) => it.trim()).filter(Boolean);
    type('');
    const read = fresh.map((it) => (isNumbers && it !== '' && !Number.isNaN(Number(it)) ? Number(it) : it));
    if (read.length > 0) put([...values, ...read.filter((it, n) => !values.includes(it) && read.indexOf(it) === n)]);
  };
  const isWrong = !!at.problem || (isNumbers && values.some((it) => problemOf(field.item!, it)));
  return (
    <div
      class={`flex min-h-9 flex-wrap items-center gap-1.5 rounded-control border bg-panel px-1.5 py-1 dark:bg-bg max-lg:min-h-11 ${isWrong ? 'border-bad-fill' : 'border-edge'} ${at.isLocked ? 'opacity-60' : ''} focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-ink`}
      onClick={(event) => event.target === event.currentTarget && input.current?.focus()}
    >
      {values.map((value) => (
        <span key={value} class="inline-flex h-6 max-w-full items-center rounded-small border border-line bg-raise pl-2 text-control max-lg:h-8">
          <span class="min-w-0 truncate">{value}</span>
          <IconButton name="x" size={12} label={`Remove ${value}`} class="size-6! max-lg:size-8!" onClick={() => put(values.filter((it) => it !== value))} />
        </span>
      ))}
      <input
        {...aria(at)}
        ref={input}
        type="text"
        aria-label={at.label ?? (values.length > 0 ? `Add to ${field.title}` : field.title)}
        inputMode={isNumbers ? 'numeric' : 'text'}
        class="h-6 min-w-16 flex-1 bg-transparent px-1.5 text-control outline-none! max-lg:h-8 max-lg:text-[1rem]"
        value={typed}
        list={at.suggestions ? `${at.id}-list` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={values.length === 0 ? 'Add, then Enter' : ''}
        onInput={(event) => {
          type(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if ((event.key === 'Enter' || event.key === ',') && typed.trim() !== '') {
            event.preventDefault();
            add();
          } else if (event.key === 'Backspace' && typed === '' && values.length > 0) put(values.slice(0, -1));
        }}
        onBlur={() => {
          add();
          form.left(path);
        }}
      />
      {at.suggestions && (
        <datalist id={`${at.id}-list`}>
          {at.suggestions.map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
      )}
    </div>
  );
}
