/** The last attempts to connect. Those in a row that failed alike are one line. */
import { Panel } from '../../components/panel';
import { clockSeconds, count, moment, plural, when } from '../../lib/format';
import { FILL } from '../../lib/states';
import { now, slowNow } from '../../lib/store';
import { type Attempt, CARRIERS, outcomeOf, runsOf } from './words';

const at = (it: Attempt) => Date.parse(it.at);

const isToday = (ms: number) => now.peek() - ms < 86_400_000;

export function Attempts({ attempts, endings }: { attempts: readonly Attempt[]; endings: Readonly<Record<string, number>> }) {
  if (attempts.length === 0) return null;
  const ended = Object.entries(endings).sort(([, a], [, b]) => b - a);
  return (
    <Panel title="Attempts" note={attempts.length > 1 ? `the last ${count(attempts.length)}` : ''}>
      <ol class="max-h-96 divide-y divide-line overflow-y-auto" tabIndex={0} aria-label="Attempts to connect, the newest first">
        {runsOf(attempts).map(({ newest, oldest, times }) => {
          const { tone, text } = outcomeOf(newest);
          const ms = at(newest);
          return (
            <li key={newest.at} class="flex gap-2.5 px-4 py-2.5 text-control">
              <span class={`mt-1.5 size-2 shrink-0 rounded-full ${FILL[tone]}`} aria-hidden="true" />
              <div class="min-w-0 flex-1">
                <p class="wrap-anywhere">{text}</p>
                <p class="text-caption text-ink3 tabular-nums">
                  <time dateTime={newest.at} title={moment(ms)}>
                    {isToday(ms) ? clockSeconds(ms) : when(ms, slowNow.value)}
                  </time>
                  {' · '}
                  {CARRIERS[newest.carrier] ?? newest.carrier}
                  {times > 1 && ` · ${count(times)} times since ${isToday(at(oldest)) ? clockSeconds(at(oldest)) : when(at(oldest), now.peek())}`}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
      {ended.length > 0 && (
        <p class="border-t border-line px-4 py-2.5 text-caption text-ink3">
          Ended {plural(ended.reduce((sum, [, n]) => sum + n, 0), 'time')} since this link began: {ended.map(([reason, n]) => `${reason.replaceAll('_', ' ')} ${count(n)}`).join(', ')}.
        </p>
      )}
    </Panel>
  );
}
