/** The sheet in which an uplink is added or changed. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { messageOf } from '../../lib/api';
import { changesOf } from '../../lib/config-diff';
import { type Path, getAt, isSame, pathText, setAt } from '../../lib/config-path';
import { type Field, fieldAt, problemOf } from '../../lib/field';
import { rows, uplinks } from '../../lib/store';
import { checkOf, commit, draft, problems as draftProblems, type Problem, saved, schema } from '../settings/draft';
import { TextInput, Tokens } from '../settings/controls';
import { EntrySheet } from '../settings/entry-sheet';
import { FieldRow, type Form } from '../settings/form';
import { Secret } from '../settings/secret';
import { FieldRules } from './field-rules';
import { linksOf, type UplinkConfig } from './links';
import { TestLink } from './test-link';
import { items } from './words';

const ADVANCED = new Set(['ca_file', 'allow_plaintext', 'ring_max_bytes', 'flush_secs']);
const FIRST = new Set(['id', 'endpoint', 'enabled', 'token', 'kinds', 'groups', 'mask_wallets', 'fields']);
/** What changes to whom or what is sent: the link begins anew with them. */
const ANEW = ['id', 'endpoint', 'kinds', 'groups', 'mask_wallets', 'fields'];

const FIELDS_HINT =
  'A digest is the same for the same text, so that things can be told apart by it. What is not named here is sent, and searched for addresses and wallets.';

const groups = () => [...new Set(rows.value.flatMap((it) => it.group ?? []))].sort();

export function UplinkSheet({ id, isReplacingToken, onClose }: { id: string | undefined; isReplacingToken: boolean; onClose: () => void }) {
  const list = linksOf();
  const at = id === undefined ? list.length : list.findIndex((it) => it.id === id);
  const was = id === undefined ? undefined : list[at];
  const start: UplinkConfig = { id: list.length === 0 ? 'cloud' : `cloud-${list.length + 1}` };
  const value = useSignal<UplinkConfig>(was ?? start);
  const problems = useSignal<readonly Problem[]>([]);
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const item = schema.value && fieldAt(schema.value, ['uplinks'])?.item;
  if (!item || at < 0) return null;
  const changed = was && changesOf(was, value.value, ['x']).length;
  const isTouched = changed !== undefined ? changed > 0 : Object.keys(value.value).length > 1;
  const put = () => setAt(draft.peek(), ['uplinks', at], value.peek());
  const validate = async () => {
    const begin = `uplinks[${at}].`;
    const found = await checkOf(put());
    problems.value = found.flatMap((it) => (it.path.startsWith(begin) ? [{ ...it, path: it.path.slice(begin.length) }] : []));
    return !problems.value.some((it) => it.level === 'error');
  };
  const submit = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      if (!(await validate())) requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
      else if (await commit(put(), was ? `Saved uplink ${value.peek().id}` : `Added uplink ${value.peek().id}`)) onClose();
      else failure.value = draftProblems.peek()[0]?.message ?? '';
    } catch (error) {
      failure.value = messageOf(error);
    } finally {
      isBusy.value = false;
    }
  };
  const context: Form = {
    schema: item,
    value: value.value,
    saved: was && (((getAt(saved.value?.config, ['uplinks']) ?? []) as UplinkConfig[]).find((it) => it.id === was.id) ?? was),
    prefix: 'u-',
    isNarrow: true,
    set: (path, to) => {
      value.value = setAt(value.peek(), path, to);
      problems.value = problems.peek().filter((it) => !it.path.startsWith(pathText(path)));
    },
    left: (path: Path) => {
      const field = fieldAt(item, path);
      const wrong = field && problemOf(field, getAt(value.peek(), path));
      if (wrong) problems.value = [...problems.peek().filter((it) => it.path !== pathText(path)), { path: pathText(path), message: wrong, level: 'error' }];
      else if (value.peek().endpoint) void validate().catch(() => {});
    },
    problem: (path) => problems.value.find((it) => it.level === 'error' && it.path === path)?.message,
  };
  const waiting = uplinks.value.find((it) => it.id === id)?.ledger?.queued.items ?? 0;
  const isAnew = was && ANEW.some((key) => !isSame(was[key], value.value[key]));
  const isAdvanced = (it: Field) => it.isAdvanced || ADVANCED.has(it.key);
  const rest = (item.fields ?? []).filter((it) => !FIRST.has(it.key));
  const advanced = rest.filter(isAdvanced);
  return (
    <EntrySheet
      title={was ? `Edit uplink ${was.id}` : 'Add uplink'}
      verb="Add uplink"
      context={context}
      form={form}
      changed={changed}
      isTouched={isTouched}
      isBusy={isBusy.value}
      failure={failure.value}
      onSubmit={submit}
      onClose={onClose}
    >
      <FieldRow path={['endpoint']} control={(it) => <TextInput {...it} mono placeholder="wss://cloud.example/agent" />} />
      <FieldRow path={['token']} {...(isReplacingToken && { control: (it) => <Secret {...it} isOpen /> })} />
      <TestLink link={() => value.peek()} />
      <FieldRow path={['enabled']} />
      <fieldset class="flex flex-col gap-5 border-t border-line pt-4">
        <legend class="sr-only">What is sent</legend>
        <FieldRow path={['kinds']} />
        <FieldRow path={['groups']} control={(it) => <Tokens {...it} suggestions={groups()} />} />
        <FieldRow path={['mask_wallets']} />
        <FieldRow path={['fields']} title="Parts of a message" hint={FIELDS_HINT} control={(it) => <FieldRules {...it} />} />
      </fieldset>
      {rest.filter((it) => !isAdvanced(it)).map((it) => (
        <FieldRow key={it.key} path={[it.key]} />
      ))}
      {waiting > 0 && isAnew && (
        <p class="rounded-control bg-warn-soft px-3 py-2.5 text-control text-warn">
          The link begins anew with this: {items(waiting)} not stored by the receiver yet will be given up.
        </p>
      )}
      <details class="border-t border-line pt-4" open={advanced.some((it) => problems.value.some((one) => one.path.startsWith(it.key)))}>
        <summary class="text-control font-medium text-ink2 hover:text-ink">Advanced</summary>
        <div class="mt-4 flex flex-col gap-5">
          <FieldRow path={['id']} />
          {advanced.map((it) => (
            <FieldRow key={it.key} path={[it.key]} />
          ))}
        </div>
      </details>
    </EntrySheet>
  );
}
