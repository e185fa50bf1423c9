/** The sheet in which a source is added or changed. It asks the agent what is wrong before anything is kept. */
import { Trash2 } from 'lucide';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Empty } from '../../components/empty';
import { SelectBox } from '../../components/text-field';
import { messageOf } from '../../lib/api';
import type { Config, SourceConfig } from '../../lib/config';
import { changesOf, kindName } from '../../lib/config-diff';
import { type Path, getAt, pathText, setAt } from '../../lib/config-path';
import { type Field, fieldAt, problemOf } from '../../lib/field';
import { withIds } from '../../lib/source-id';
import { rows } from '../../lib/store';
import { checkOf, commit, draft, problems as draftProblems, type Problem, saved, schema, sourcesOf } from './draft';
import { aria, TextInput, Tokens } from './controls';
import { EntrySheet } from './entry-sheet';
import { type At, FieldRow, type Form } from './form';
import { Test } from './test-connection';

const FIRST = ['kind', 'address', 'name', 'group', 'tags'];
/** Few need these, where the schema does not say so. */
const ADVANCED = new Set(['id', 'interval_secs', 'timeout_ms', 'limits', 'http_port', 'dialect', 'extra_endpoints', 'endpoints', 'stratum_ports']);

/** Whether a source of this kind has a key. */
function fits(field: Field, kind: string): boolean {
  if (field.key === 'credentials' && kind === 'host') return false;
  return field.kinds?.includes(kind) ?? true;
}

export function SourceSheet(props: {
  /** The source that is changed; absent for a new one. */
  id: string | undefined;
  start: SourceConfig;
  /** The kinds that stand first in the list. */
  kinds: readonly string[];
  word: string;
  onClose: () => void;
  onDelete: (source: SourceConfig) => void;
}) {
  const all = sourcesOf(draft.value);
  const at = all.findIndex((it) => it.id === props.id);
  const was = props.id === undefined ? undefined : all[at];
  const value = useSignal<SourceConfig>(was ?? props.start);
  const problems = useSignal<readonly Problem[]>(ownProblems(draftProblems.peek(), at));
  const isBusy = useSignal(false);
  const failure = useSignal('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (props.id === undefined) form.current?.querySelector<HTMLInputElement>('[data-field=address] input')?.focus();
  }, []);
  const item = schema.value && fieldAt(schema.value, ['sources'])?.item;
  if (!item) return null;
  if (props.id !== undefined && !was) {
    return (
      <Dialog shape="side" title="Not there" onClose={props.onClose}>
        <Empty icon="search" title="No such source">
          There is nothing with the id {props.id} in the configuration.
        </Empty>
      </Dialog>
    );
  }
  const kind = String(value.value.kind ?? 'auto');
  const changed = was && changesOf(was, value.value, ['x']).length;
  const isTouched = changed !== undefined ? changed > 0 : JSON.stringify(value.value) !== JSON.stringify(props.start);

  const put = (): { config: Config; index: number } => {
    const others = all.filter((_, n) => n !== at).map((it) => String(it.id));
    const [source] = withIds([cleaned(value.peek(), item)], others);
    const index = was ? at : all.length;
    return { config: setAt(draft.peek(), ['sources', index], source), index };
  };

  const validate = async (): Promise<boolean> => {
    const { config, index } = put();
    problems.value = ownProblems(await checkOf(config), index);
    return !problems.value.some((it) => it.level === 'error');
  };

  const left = (path: Path) => {
    const field = fieldAt(item, path);
    const wrong = field && problemOf(field, getAt(value.peek(), path));
    const text = pathText(path);
    const others = problems.peek().filter((it) => it.path !== text);
    problems.value = wrong ? [...others, { path: text, message: wrong, level: 'error' }] : others;
    // What only the agent can tell, as soon as there is something to ask it about.
    if (!wrong && value.peek().address) void validate().catch(() => {});
  };

  const submit = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      if (!(await validate())) {
        focusFirst(form.current);
        return;
      }
      const { config } = put();
      const name = String(value.peek().name || value.peek().address);
      if (await commit(config, was ? `Saved ${name}` : `Added ${name}`)) props.onClose();
      else if (draftProblems.peek().length > 0) failure.value = draftProblems.peek()[0]!.message;
    } catch (error) {
      failure.value = messageOf(error);
    } finally {
      isBusy.value = false;
    }
  };

  const context: Form = {
    schema: item,
    value: value.value,
    saved: was && (sourcesOf(saved.value?.config ?? {}).find((it) => it.id === was.id) ?? was),
    prefix: 's-',
    isNarrow: true,
    set: (path, to) => {
      let next = setAt(value.peek(), path, to);
      if (path[0] === 'kind' && path.length === 1) next = { ...next, address: to === 'host' ? 'local' : next.address === 'local' ? undefined : next.address } as SourceConfig;
      value.value = next;
      const text = pathText(path);
      if (problems.peek().some((it) => it.path.startsWith(text))) problems.value = problems.peek().filter((it) => !it.path.startsWith(text));
    },
    left,
    problem: (path) => problems.value.find((it) => it.level === 'error' && it.path === path)?.message,
    inherited: (path) => inherited(kind, path),
  };
  const fields = (item.fields ?? []).filter((it) => fits(it, kind));
  const rest = fields.filter((it) => !FIRST.includes(it.key) && it.key !== 'enabled');
  const isAdvanced = (it: Field) => it.isAdvanced || ADVANCED.has(it.key);
  const usual = rest.filter((it) => !isAdvanced(it));
  const advanced = rest.filter(isAdvanced);
  const hasWrong = advanced.some((it) => problems.value.some((one) => one.level === 'error' && one.path.split(/[.[]/)[0] === it.key));
  const warnings = problems.value.filter((it) => it.level === 'warning');
  const loose = problems.value.find((it) => it.level === 'error' && it.path === '');
  return (
    <EntrySheet
      title={was ? `Edit ${String(was.name || was.id)}` : `Add ${props.word}`}
      verb={`Add ${props.word}`}
      context={context}
      form={form}
      changed={changed}
      isTouched={isTouched}
      isBusy={isBusy.value}
      failure={failure.value || loose?.message}
      onSubmit={submit}
      onClose={props.onClose}
      aside={
        was && (
          <Button weight="quiet" icon={Trash2} class="mr-auto -ml-2" label={`Delete ${props.word}`} onClick={() => props.onDelete(was)}>
            Delete
          </Button>
        )
      }
    >
      <FieldRow path={['kind']} title="Kind" hint={hintOf(item, kind)} control={(it) => <KindSelect at={it} first={props.kinds} />} />
      {kind !== 'host' && (
        <FieldRow
          path={['address']}
          hint={HINTS[kind] ?? 'An IP address or host name; port and scheme only where they are not the usual ones.'}
          control={(it) => <TextInput {...it} mono placeholder={kind === 'gss' ? 'http://192.168.1.10:4004' : kind === 'mim' ? 'http://192.168.1.10:3001' : '192.168.1.50'} />}
        />
      )}
      <FieldRow path={['name']} hint="What people call it." />
      <div class="grid gap-5 sm:grid-cols-2">
        <FieldRow path={['group']} title="Place" hint="Where it stands, such as Garage or R3." control={(it) => <Suggested at={it} of={places()} />} />
        <FieldRow path={['tags']} hint="Free labels." control={(it) => <Tokens {...it} suggestions={tags()} />} />
      </div>
      <FieldRow path={['enabled']} title="Enabled" hint="Switched off it stays here, and is not asked." />
      {usual.map((it) => (
        <FieldRow key={it.key} path={[it.key]} />
      ))}
      <Test source={() => cleaned(value.peek(), item)} onKind={kind === 'auto' ? (found) => context.set(['kind'], found) : undefined} />
      {warnings.length > 0 && (
        <ul class="flex flex-col gap-1 rounded-control bg-warn-soft px-3 py-2.5 text-caption text-warn">
          {warnings.map((it) => (
            <li key={it.path + it.message}>
              {it.path && `${fieldAt(item, it.path.split('.'))?.title ?? it.path}: `}
              {it.message.replaceAll('`', '')}
            </li>
          ))}
        </ul>
      )}
      {advanced.length > 0 && (
        <details open={hasWrong} class="border-t border-line pt-4">
          <summary class="text-control font-medium text-ink2 hover:text-ink">Advanced</summary>
          <div class="mt-4 flex flex-col gap-5">
            {advanced.map((it) => (
              <FieldRow key={it.key} path={[it.key]} />
            ))}
          </div>
        </details>
      )}
    </EntrySheet>
  );
}

const HINTS: Record<string, string> = {
  gss: 'The address of its API, with its port.',
  mim: 'The address of its page, with its port.',
};

/** Without what its kind does not have, and without blanks that nobody meant. */
function cleaned(source: SourceConfig, item: Field): SourceConfig {
  const kind = String(source.kind ?? 'auto');
  const known = new Map(item.fields?.map((it) => [it.key, it]));
  return Object.fromEntries(
    Object.entries(source).flatMap(([key, value]) => {
      const field = known.get(key);
      if (value === undefined || (field && !fits(field, kind))) return [];
      return [[key, typeof value === 'string' && field?.shape === 'text' ? value.trim() : value]];
    }),
  );
}

/** The problems of one source, their paths from it on. */
function ownProblems(all: readonly Problem[], index: number): Problem[] {
  const start = `sources[${index}]`;
  return all.flatMap((it) => (it.path === start || it.path.startsWith(`${start}.`) ? [{ ...it, path: it.path.slice(start.length + 1) }] : []));
}

function focusFirst(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
}

/** What holds where the source says nothing: its kind's, then that of all. */
function inherited(kind: string, path: Path): unknown {
  const [key] = path;
  const root = schema.peek();
  if (!root) return undefined;
  const config = draft.peek();
  if (key === 'interval_secs' || key === 'timeout_ms') {
    const builtIn = getAt(fieldAt(root, ['kinds'])?.initial, [kind, key]);
    return getAt(config, ['kinds', kind, key]) ?? builtIn ?? getAt(config, ['polling', key]) ?? fieldAt(root, ['polling', key])?.initial;
  }
  if (key === 'limits') return getAt(config, ['limits', kind, ...path.slice(1)]) ?? getAt(fieldAt(root, ['limits'])?.initial, [kind, ...path.slice(1)]);
  return undefined;
}

function hintOf(item: Field, kind: string): string {
  return item.fields?.find((it) => it.key === 'kind')?.choices?.find((it) => it.value === kind)?.description ?? '';
}

function KindSelect({ at, first }: { at: At; first: readonly string[] }) {
  const choices = at.field.choices?.map((it) => it.value) ?? [];
  const others = choices.filter((it) => !first.includes(it));
  const option = (value: string) => (
    <option key={value} value={value}>
      {value === 'auto' ? 'Find out by asking' : kindName(value)}
    </option>
  );
  return (
    <SelectBox
      {...aria(at)}
      value={String(at.value ?? 'auto')}
      onInput={(kind) => {
        at.form.set(at.path, kind);
        at.form.left(at.path);
      }}
    >
      {choices.filter((it) => first.includes(it)).map(option)}
      {others.length > 0 && <optgroup label="Other">{others.map(option)}</optgroup>}
    </SelectBox>
  );
}

function Suggested({ at, of }: { at: At; of: readonly string[] }) {
  return (
    <>
      <TextInput {...at} list={`${at.id}-list`} />
      <datalist id={`${at.id}-list`}>
        {of.map((it) => (
          <option key={it} value={it} />
        ))}
      </datalist>
    </>
  );
}

const places = () => [...new Set(rows.peek().flatMap((row) => row.group ?? []))].sort();
const tags = () => [...new Set(rows.peek().flatMap((row) => row.tags))].sort();
