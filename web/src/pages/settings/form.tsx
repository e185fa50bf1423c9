/** A form made from the schema: each key is a label, a control, what it means, and what is wrong with it. */
import { CircleAlert, Lock, RotateCcw } from 'lucide';
import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { type Path, getAt, isSame, pathText } from '../../lib/config-path';
import { valueText } from '../../lib/config-diff';
import { type Field, fieldAt } from '../../lib/field';
import { count } from '../../lib/format';
import { Control } from './controls';

/** What a form is about. It reads and writes by path; where that is kept is its own business. */
export interface Form {
  readonly schema: Field;
  readonly value: unknown;
  /** What it was; changed keys are marked. Absent for what is new. */
  readonly saved?: unknown;
  /** Before the path in the names of elements, so that two forms on one page differ. */
  readonly prefix: string;
  /** Label above the control, not beside it. */
  readonly isNarrow?: boolean;
  set(path: Path, to: unknown): void;
  /** A field was left. */
  left(path: Path): void;
  problem(path: string): string | undefined;
  override?(path: string): { by: string; value?: unknown } | undefined;
  /** What holds where nothing is written. */
  inherited?(path: Path): unknown;
}

export const FormContext = createContext<Form | undefined>(undefined);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error('outside a form');
  return form;
}

export const idOf = (form: Form, path: Path) => `${form.prefix}${pathText(path)}`;

/** Everything about one key. */
export interface At {
  readonly form: Form;
  readonly field: Field;
  readonly path: Path;
  readonly id: string;
  readonly value: unknown;
  readonly problem?: string | undefined;
  readonly isLocked: boolean;
  /** What holds when the field is left empty. */
  readonly fallback: unknown;
  /** The element that says more about it. */
  readonly noteId: string;
}

export function useField(path: Path): At | undefined {
  const form = useForm();
  const field = fieldAt(form.schema, path);
  if (!field) return undefined;
  const text = pathText(path);
  const override = form.override?.(text);
  const id = idOf(form, path);
  return {
    form,
    field,
    path,
    id,
    value: override && 'value' in override ? override.value : getAt(form.value, path),
    problem: form.problem(text),
    isLocked: override !== undefined,
    fallback: form.inherited?.(path) ?? field.initial,
    noteId: `${id}-note`,
  };
}

/** Shapes whose control is a set of controls, labelled as one. */
const SETS = new Set(['choices', 'group', 'list', 'map', 'secret', 'texts', 'numbers']);

/** Shapes that need the whole width. */
const WIDE = new Set(['list', 'map', 'group']);

/** One key. `title` and `hint` replace what the schema says. */
export function FieldRow(props: { path: Path; title?: string; hint?: ComponentChildren; control?: (at: At) => ComponentChildren }) {
  const at = useField(props.path);
  if (!at) return null;
  const { form, field, path, id, problem } = at;
  const isChanged = form.saved !== undefined && !isSame(getAt(form.value, path), getAt(form.saved, path));
  const title = props.title ?? field.title;
  const isSet = SETS.has(field.shape) && !props.control;
  const isSwitch = field.shape === 'switch';
  const label = (
    <div class="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      {isSet ? (
        <span id={`${id}-label`} class="text-control font-medium">
          {title}
        </span>
      ) : (
        <label for={id} class="text-control font-medium">
          {title}
        </label>
      )}
      {!field.isRequired || form.isNarrow !== true ? null : <span class="sr-only">required</span>}
      {isChanged && <Changed title={title} onReset={() => form.set(path, getAt(form.saved, path))} />}
    </div>
  );
  const isBelow = form.isNarrow === true && field.shape !== 'switch' && !WIDE.has(field.shape);
  const note = <Note at={at} hint={props.hint} class={isBelow ? 'mt-1.5' : 'mt-0.5'} />;
  const control = props.control?.(at) ?? <Control {...at} />;
  const box = `scroll-mt-24 scroll-mb-24 ${form.isNarrow ? '' : 'px-4 py-3.5'}`;
  const group = isSet ? { role: 'group' as const, 'aria-labelledby': `${id}-label` } : {};
  const isWide = WIDE.has(field.shape);
  if (isSwitch) {
    return (
      <div class={`${box} flex items-start justify-between gap-4`} data-field={pathText(path)}>
        <div class="min-w-0 flex-1">
          {label}
          {note}
          <Wrong problem={problem} id={id} />
        </div>
        {control}
      </div>
    );
  }
  if (form.isNarrow || isWide) {
    return (
      <div class={box} data-field={pathText(path)} {...group}>
        <div class="mb-1.5">{label}</div>
        {isWide && note}
        <div class={isWide ? 'mt-2' : ''}>{control}</div>
        <Wrong problem={problem} id={id} />
        {!isWide && note}
      </div>
    );
  }
  return (
    <div class={`${box} grid gap-x-8 gap-y-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,20rem)] sm:items-start`} data-field={pathText(path)} {...group}>
      <div class="min-w-0 sm:pt-1.5">
        {label}
        {note}
      </div>
      <div class="min-w-0">
        {control}
        <Wrong problem={problem} id={id} />
      </div>
    </div>
  );
}

function Changed({ title, onReset }: { title: string; onReset: () => void }) {
  return (
    <span class="inline-flex items-center gap-0.5 rounded-full bg-sunk pl-2 text-axis text-ink2" data-changed>
      Changed
      <IconButton name={RotateCcw} label={`Undo the change of ${title}`} size={12} class="size-6! rounded-full!" onClick={onReset} />
    </span>
  );
}

function Wrong({ problem, id }: { problem: string | undefined; id: string }) {
  if (!problem) return null;
  return (
    <p id={`${id}-wrong`} class="mt-1.5 flex items-start gap-1.5 text-caption text-bad">
      <Icon name={CircleAlert} size={14} class="mt-px" />
      <span class="min-w-0 wrap-anywhere">
        <Marked text={sentence(problem)} />
      </span>
    </p>
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What the key means, and what it may be. */
function Note({ at, hint, class: className }: { at: At; hint?: ComponentChildren; class: string }) {
  const { field, form, path } = at;
  const override = form.override?.(pathText(path));
  const limits = limitsOf(field);
  return (
    <div id={at.noteId} class={`${className} text-caption text-ink3`}>
      {hint ?? <Marked text={withoutKinds(field.description)} />}
      {limits && <span> {limits}</span>}
      {field.needsRestart && <span> In force after a restart.</span>}
      {override && (
        <span class="mt-1 flex items-start gap-1.5 text-ink2">
          <Icon name={Lock} size={13} class="mt-px" />
          <span>
            <Marked text={sentence(override.by)} />, so it cannot be changed here.
          </span>
        </span>
      )}
    </div>
  );
}

/** Which sources have it is plain where only they show it. */
function withoutKinds(description: string): string {
  return description.replace(/ \((?:axeos|antminer|canaan|cgminer|gss|mim|host)(?:, \w+)*\)/, '').replace(/ Absent: [^.]*\./, '');
}

function limitsOf(field: Field): string {
  if (field.shape !== 'integer' && field.shape !== 'number') return '';
  const { minimum, maximum, unit = '' } = field;
  if (unit === 'B' || minimum === undefined || maximum === undefined) return '';
  return `${count(minimum)} to ${count(maximum)}${unit && ` ${unit}`}.`;
}

/** Text with `code` in backticks. */
export function Marked({ text }: { text: string }) {
  return (
    <>
      {text.split('`').map((part, at) =>
        at % 2 ? (
          <code key={at} class="rounded-cell bg-sunk px-1 font-mono text-[0.92em] text-ink2">
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </>
  );
}

/** What an empty field shows: the value that holds then. */
export function fallbackText(at: At): string {
  const { field, fallback } = at;
  if (fallback === undefined || typeof fallback === 'object') return '';
  return typeof fallback === 'number' ? String(fallback) : valueText(field, fallback);
}

/** Rows of a card, with lines between them. */
export function Rows({ children }: { children: ComponentChildren }) {
  return <div class="divide-y divide-line">{children}</div>;
}
