/** The next message, byte for byte as it would leave, made anew with each reading. */
import { Copy } from 'lucide';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { Panel } from '../../components/panel';
import { toast } from '../../components/toast';
import type { components } from '../../lib/api-types';
import { copy } from '../../lib/copy';
import { bytes, inline } from '../../lib/format';
import { useLoaded } from '../../lib/reading';
import { configTag, rowOf, rows } from '../../lib/store';
import { SelectBox } from '../../components/text-field';
import { saved } from '../settings/draft';
import { CARRIERS, cutMasked, sentence } from './words';

type Told = components['schemas']['Preview'];
interface Message {
  readonly items?: readonly { readonly source_id?: string }[];
}

/** More is not put on the page. */
const MAX_CHARS = 60_000;

/** Without an id, or with one that is not saved yet: a link with default settings. */
export function Preview({ id, isWide }: { id?: string; isWide?: boolean }) {
  const source = useSignal('');
  const shown = useSignal('');
  const isUnsaved = useSignal(false);
  const at = id && !isUnsaved.value ? `/uplinks/${encodeURIComponent(id)}/preview` : '/uplink/preview';
  const version = `${at} ${source.value} ${saved.value?.etag} ${configTag.value} ${rowOf(shown.value)?.observed_at}`;
  const { value, failure, isUnknown } = useLoaded<Told>(at, version, source.value ? { source_id: source.value } : undefined);
  useEffect(() => {
    if (isUnknown && !source.peek()) isUnsaved.value = true;
  }, [isUnknown]);
  const message = value?.message as Message | undefined;
  const told = message?.items?.[0]?.source_id ?? '';
  useEffect(() => {
    shown.value = source.value || told;
  }, [source.value, told]);
  const whole = useMemo(() => (message ? JSON.stringify(message, null, 2) : ''), [message]);
  const size = useMemo(() => new TextEncoder().encode(JSON.stringify(message ?? '')).length, [message]);
  return (
    <Panel
      title="The next message"
      note={message && `${inline(bytes(size))} of JSON, before it is packed`}
      class={isWide ? 'xl:col-span-2' : ''}
      actions={whole && <IconButton name={Copy} label="Copy the message" onClick={() => void copy(whole).then((done) => toast(done ? 'Copied the message' : 'The browser does not let it be copied', { isBad: !done }))} />}
    >
      <div class="flex flex-col gap-3 p-4">
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
          <SelectBox aria-label="Source" class="w-64" value={source.value} onInput={(id) => (source.value = id)}>
            <option value="">The first source</option>
            {rows.value.slice(0, 500).map((it) => (
              <option key={it.id} value={it.id}>
                {it.name}
              </option>
            ))}
          </SelectBox>
          {value && <p class="min-w-0 flex-1 basis-56 text-caption text-ink3">{sentence(value.note)}</p>}
        </div>
        {failure && !value && <p class="text-control text-bad">{sentence(failure)}</p>}
        {value && (
          <>
            <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 font-mono text-caption">
              <dt class="text-ink3">by</dt>
              <dd>{CARRIERS[value.carrier] ?? value.carrier}</dd>
              {Object.entries({ ...(value.url && { to: value.url }), ...value.headers }).map(([name, it]) => (
                <>
                  <dt key={name} class="text-ink3">
                    {name}
                  </dt>
                  <dd class="wrap-anywhere">{it}</dd>
                </>
              ))}
            </dl>
            {told === '' && <p class="text-control text-ink2">{source.value ? 'Nothing of this source is sent.' : 'There is nothing to send yet.'}</p>}
            <pre class="max-h-[32rem] overflow-auto rounded-control border border-line bg-sunk p-3 font-mono text-caption" tabIndex={0} aria-label="The message">
              <Masked text={whole.slice(0, MAX_CHARS)} />
            </pre>
            <p class="text-caption text-ink3">
              {whole.length > MAX_CHARS ? `The first ${inline(bytes(MAX_CHARS))}; Copy gives the whole. ` : ''}
              <Mark>Marked</Mark> is what was shortened or made a digest. Later messages of a connection hold only what has changed.
            </p>
          </>
        )}
      </div>
    </Panel>
  );
}

function Masked({ text }: { text: string }) {
  return (
    <>
      {cutMasked(text).map((it, at) => (at % 2 ? <Mark key={at}>{it}</Mark> : it))}
    </>
  );
}

function Mark({ children }: { children: preact.ComponentChildren }) {
  return <mark class="rounded-cell bg-auth-soft px-0.5 text-auth">{children}</mark>;
}
