/** The short sections: each is a card or two of fields. */
import { Trash2 } from 'lucide';
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../components/button';
import { Empty } from '../../components/empty';
import { Panel } from '../../components/panel';
import { Segmented } from '../../components/segmented';
import { SelectBox } from '../../components/text-field';
import { kindName } from '../../lib/config-diff';
import { type Path, getAt } from '../../lib/config-path';
import { type Field, fieldAt } from '../../lib/field';
import { inline, bytes } from '../../lib/format';
import { degrees, hasShortcuts, theme } from '../../lib/prefs';
import { now } from '../../lib/store';
import { change, draft, schema } from './draft';
import { FieldRow, Rows } from './form';
import { TextInput, Toggle } from './controls';
import { Small } from './nested';
import { DraftForm, FormPanel } from './section-form';

export { Access } from './access';

export function Site() {
  return (
    <DraftForm>
      <div class="flex flex-col gap-4">
        <FormPanel title="Site">
          <FieldRow path={['agent', 'name']} title="Name" hint="Stands at the top of every page, and in what an uplink sends." />
          <FieldRow
            path={['agent', 'time_zone']}
            title="Time zone"
            hint={<ZoneHint />}
            control={(at) => (
              <>
                <TextInput {...at} list="time-zones" placeholder="That of the machine" />
                <datalist id="time-zones">
                  {zones().map((it) => (
                    <option key={it} value={it} />
                  ))}
                </datalist>
              </>
            )}
          />
        </FormPanel>
        <ThisBrowser />
      </div>
    </DraftForm>
  );
}

let known: readonly string[] | undefined;

function zones(): readonly string[] {
  known ??= Intl.supportedValuesOf?.('timeZone') ?? [];
  return known;
}

function ZoneHint() {
  const zone = getAt(draft.value, ['agent', 'time_zone']);
  let text = '';
  try {
    const format = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', weekday: 'short', ...(typeof zone === 'string' && { timeZone: zone }) });
    text = typeof zone === 'string' ? `It is ${format.format(now.value)} there.` : '';
  } catch {
    text = 'This browser does not know it.';
  }
  return <>Of days and clock times, such as Europe/Berlin. {text}</>;
}

function ThisBrowser() {
  const row = 'flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3.5';
  return (
    <Panel title="This browser" note="kept here, not in the configuration">
      <Rows>
        <div class={row}>
          <span class="text-control font-medium">Theme</span>
          <Segmented label="Theme" value={theme.value} options={[['system', 'System'], ['light', 'Light'], ['dark', 'Dark']]} onChange={(it) => (theme.value = it)} />
        </div>
        <div class={row}>
          <span class="text-control font-medium">Temperatures</span>
          <Segmented label="Temperatures" value={degrees.value} options={[['celsius', '°C'], ['fahrenheit', '°F']]} onChange={(it) => (degrees.value = it)} />
        </div>
        <div class={row}>
          <label for="shortcuts" class="text-control font-medium">
            Shortcuts of single keys
          </label>
          <Toggle id="shortcuts" isOn={hasShortcuts.value} onChange={(to) => (hasShortcuts.value = to)} />
        </div>
      </Rows>
    </Panel>
  );
}

/** The keys of a section, the ones that few need behind a fold. */
function Fields({ at, title, note }: { at: string; title: string; note?: string }) {
  const fields = (schema.value && fieldAt(schema.value, [at])?.fields) ?? [];
  const [usual, advanced] = [fields.filter((it) => !it.isAdvanced), fields.filter((it) => it.isAdvanced)];
  return (
    <FormPanel title={title} note={note} paths={usual.map((it) => [at, it.key])}>
      {advanced.length > 0 && (
        <details class="group">
          <summary class="px-4 py-3 text-control text-ink2 hover:text-ink">Advanced</summary>
          <div class="divide-y divide-line border-t border-line">
            {advanced.map((it) => (
              <FieldRow key={it.key} path={[at, it.key]} />
            ))}
          </div>
        </details>
      )}
    </FormPanel>
  );
}

export function Polling() {
  const memory = getAt(draft.value, ['polling', 'history_max_bytes']);
  return (
    <DraftForm>
      <div class="flex flex-col gap-4">
        <Fields at="polling" title="Polling" note={typeof memory === 'number' ? `history: ${inline(bytes(memory))}` : ''} />
        <ByKind at="kinds" title="By kind of source" note="comes before the schedule above" />
      </div>
    </DraftForm>
  );
}

export function Limits() {
  return (
    <DraftForm>
      <ByKind
        at="limits"
        title="Limits by kind"
        note="one device can have its own"
        empty="Without limits a device is hot, slow or rejecting only when it says so itself."
      />
    </DraftForm>
  );
}

/** A map from kinds of source to groups of numbers. What is not written there is the built-in value. */
function ByKind({ at, title, note, empty }: { at: string; title: string; note: string; empty?: string }) {
  const picked = useSignal('');
  const field = schema.value && fieldAt(schema.value, [at]);
  if (!field) return null;
  const written = (getAt(draft.value, [at]) ?? {}) as Record<string, unknown>;
  const builtIn = (field.initial ?? {}) as Record<string, unknown>;
  const kinds = (field.names ?? Object.keys(written)).filter((it) => it in written || it in builtIn);
  const rest = (field.names ?? []).filter((it) => !kinds.includes(it));
  const add = () => {
    if (picked.value) change([at, picked.value], {});
    picked.value = '';
  };
  return (
    <Panel title={title} note={note} clip={false}>
      {kinds.length === 0 && (
        <Empty icon="gauge" title="Nothing by kind">
          {empty}
        </Empty>
      )}
      <div class="divide-y divide-line">
        {kinds.map((kind) => (
          <Kind key={kind} at={at} kind={kind} fields={field.item?.fields ?? []} isWritten={kind in written} isBuiltIn={kind in builtIn} />
        ))}
      </div>
      {rest.length > 0 && (
        <div class="flex items-center gap-2 border-t border-line px-4 py-3">
          <SelectBox aria-label={`Add a kind to ${title}`} class="w-56" value={picked.value} onInput={(kind) => (picked.value = kind)}>
            <option value="">Another kind</option>
            {rest.map((it) => (
              <option key={it} value={it}>
                {kindName(it)}
              </option>
            ))}
          </SelectBox>
          <Button icon="plus" disabled={!picked.value} onClick={add}>
            Add
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Kind({ at, kind, fields, isWritten, isBuiltIn }: { at: string; kind: string; fields: readonly Field[]; isWritten: boolean; isBuiltIn: boolean }) {
  const path: Path = [at, kind];
  const flat = fields.filter((it) => it.shape !== 'group');
  const groups = fields.filter((it) => it.shape === 'group');
  return (
    <section class="px-4 py-4" aria-label={kindName(kind)}>
      <header class="mb-3 flex min-h-8 items-center gap-2">
        <h3 class="text-control">{kindName(kind)}</h3>
        {isBuiltIn && !isWritten && <span class="text-caption text-ink3">built in</span>}
        {isWritten && (
          <IconButton
            name={Trash2}
            size={15}
            label={isBuiltIn ? `Back to what is built in for ${kindName(kind)}` : `Remove ${kindName(kind)}`}
            class="ml-auto size-8!"
            onClick={() => change(path, undefined)}
          />
        )}
      </header>
      <div class="grid gap-x-6 gap-y-4 sm:grid-cols-2 xl:grid-cols-3">
        {flat.length > 0 && (
          <div class="grid grid-cols-2 gap-3 sm:col-span-2">
            {flat.map((it) => (
              <Small key={it.key} path={[...path, it.key]} />
            ))}
          </div>
        )}
        {groups.map((group) => (
          <div key={group.key} role="group" aria-label={group.title} class="min-w-0">
            <p class="mb-2 text-control font-medium">{group.title}</p>
            <div class="grid grid-cols-2 gap-3">
              {group.fields?.map((it) => (
                <Small key={it.key} path={[...path, group.key, it.key]} unit={group.unit} />
              ))}
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}

export function Logging() {
  const files = getAt(draft.value, ['logging', 'file']);
  const hasFiles = files !== undefined && files !== null;
  const fields = (schema.value && fieldAt(schema.value, ['logging', 'file'])?.fields) ?? [];
  return (
    <DraftForm>
      <div class="flex flex-col gap-4">
        <FormPanel title="Logging" paths={[['logging', 'level'], ['logging', 'format']]} />
        <FormPanel
          title="Log files"
          note="beside standard output"
          actions={<Toggle aria-label="Write log files" isOn={hasFiles} onChange={(to) => change(['logging', 'file'], to ? {} : undefined)} />}
        >
          {hasFiles ? (
            fields.map((it) => <FieldRow key={it.key} path={['logging', 'file', it.key]} />)
          ) : (
            <p class="px-4 py-4 text-control text-ink3">No files are written. Standard output always is.</p>
          )}
        </FormPanel>
      </div>
    </DraftForm>
  );
}
