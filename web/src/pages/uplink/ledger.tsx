/** What became of what was made, and what that took of the line. */
import { Num } from '../../components/num';
import { Panel } from '../../components/panel';
import { bytes, count, date, inline } from '../../lib/format';
import { FILL, type Tone } from '../../lib/states';
import { FATES, type Ledger, sharesOf } from './words';

type Amount = Ledger['sent'];

export function Fates({ ledger }: { ledger: Ledger }) {
  return (
    <Panel title="Delivery" note="since this link began">
      <div class="p-4">
        <div class="flex h-2 gap-0.5 overflow-hidden rounded-full bg-sunk" aria-hidden="true">
          {sharesOf(ledger).map(([tone, percent]) => (
            <span key={tone} class={FILL[tone]} style={{ width: `${percent}%` }} />
          ))}
        </div>
        <table class="mt-3 w-full text-control tabular-nums">
          <thead class="text-caption text-ink3">
            <tr>
              <th scope="col" class="pb-1 text-left font-normal">
                <span class="sr-only">What</span>
              </th>
              <th scope="col" class="pb-1 text-right font-normal">
                Items
              </th>
              <th scope="col" class="w-22 pb-1 text-right font-normal">
                Bytes
              </th>
            </tr>
          </thead>
          <tbody class="divide-y divide-line">
            <Line word="Produced" meaning="everything that was to be sent" amount={ledger.produced} isStrong />
            {FATES.map(([key, word, tone, meaning]) => (
              <Line key={key} word={word} tone={tone} meaning={meaning} amount={ledger[key]} />
            ))}
            <Line word="Sent" meaning="repeats counted again; bytes as they travel, packed" amount={ledger.sent} isStrong />
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Line({ word, meaning, tone, amount, isStrong = false }: { word: string; meaning: string; tone?: Tone; amount: Amount; isStrong?: boolean }) {
  const isNone = amount.items === 0;
  return (
    <tr data-fate={word.toLowerCase()}>
      <th scope="row" class="py-1.5 pr-2 text-left font-normal">
        <span class={`flex items-center gap-2 ${isStrong ? 'font-medium' : ''}`}>
          <span class={`size-2 shrink-0 rounded-full ${tone ? (isNone ? 'border border-edge' : FILL[tone]) : 'invisible'}`} />
          {word}
        </span>
        <span class="block pl-4 text-caption text-ink3">{meaning}</span>
      </th>
      <td class={`py-1.5 text-right align-top ${isNone ? 'text-ink3' : ''} ${isStrong ? 'font-medium' : ''}`}>{count(amount.items)}</td>
      <td class={`py-1.5 text-right align-top ${isNone ? 'text-ink3' : ''}`}>{isNone && amount.bytes === 0 ? '0' : <Num q={bytes(amount.bytes)} />}</td>
    </tr>
  );
}

/** All bytes of the connections, day by day; the days are those of UTC. */
export function Days({ days }: { days: readonly { readonly at: string; readonly bytes: number }[] }) {
  if (days.length === 0) return null;
  const newest = days.slice(-7).reverse();
  const most = Math.max(1, ...newest.map((it) => it.bytes));
  return (
    <Panel title="Sent by day" note="with TLS and frames; days of UTC">
      <ol class="flex flex-col gap-1.5 p-4 text-control tabular-nums">
        {newest.map(({ at, bytes: sent }, n) => (
          <li key={at} class="grid grid-cols-[4rem_minmax(0,1fr)_5rem] items-center gap-3">
            <span class="text-ink2">{n === 0 ? 'Today' : dayOf(at)}</span>
            <span class="h-1.5 rounded-full bg-sunk" aria-hidden="true">
              <span class="block h-full rounded-full bg-ink3" style={{ width: `${(sent / most) * 100}%` }} />
            </span>
            <span class="text-right">{inline(bytes(sent))}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** The middle of a day of UTC is on that day nearly everywhere. */
const dayOf = (at: string) => date(Date.parse(at) + 43_200_000);
