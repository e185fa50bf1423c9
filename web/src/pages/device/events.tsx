import { sentence } from '../../components/issue-line';
import { moment, when } from '../../lib/format';
import { type Entry, useLoaded } from '../../lib/reading';
import type { Row } from '../../lib/row';
import { now } from '../../lib/store';

const SHOWN = 5;

/** The last entries of the journal about this device. */
export function DeviceEvents({ row, class: className = '' }: { row: Row; class?: string }) {
  const { value } = useLoaded<{ entries: Entry[] }>('/journal', row.since, { source_id: row.id });
  const last = value?.entries.slice(-SHOWN).reverse() ?? [];
  return (
    <section aria-label="Last events" class={className}>
      <h3 class="mb-1.5 text-control">Last events</h3>
      {last.length === 0 ? (
        <p class="text-control text-ink3">{value ? 'None since the agent started' : '\u00a0'}</p>
      ) : (
        <ul class="flex flex-col gap-1.5 text-control">
          {last.map((entry) => {
            const at = Date.parse(entry.at);
            return (
              <li key={entry.seq} class="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-2">
                <time dateTime={entry.at} title={moment(at)} class="text-ink3">
                  {when(at, now.value)}
                </time>
                <span class="break-words">{sentence(entry.text)}</span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
