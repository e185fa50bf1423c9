import type { ComponentChildren } from 'preact';
import { ExpectedBar } from '../../components/expected-bar';
import { Num } from '../../components/num';
import * as format from '../../lib/format';
import { degrees } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { freshness, LOOKS } from '../../lib/states';
import { now } from '../../lib/store';

/** The main figures. What is not from now is dimmed; what is not known is a dash. */
export function Figures({ row, isWide = false }: { row: Row; isWide?: boolean }) {
  const fresh = freshness(row, now.value);
  const live = <T,>(value: T | undefined, write: (value: T) => format.Quantity) =>
    fresh === 'none' || value === undefined ? undefined : write(value);
  const celsius = (value: number) => format.temperature(value, degrees.value);
  const isOver = fresh === 'live' && row.critical_celsius !== undefined && (row.hottest_celsius ?? 0) >= row.critical_celsius;
  const limit = row.critical_celsius ?? row.warning_celsius;
  return (
    <dl data-fresh={fresh} class={`grid grid-cols-2 gap-px overflow-hidden rounded-control border border-line bg-line ${isWide ? 'sm:grid-cols-3 xl:grid-cols-6' : ''} ${fresh === 'old' ? 'text-ink3' : ''}`}>
      <Figure name="Hashrate" q={live(row.current_hps, format.hashrate)}>
        {row.expected_hps !== undefined && (
          <>
            {fresh !== 'none' && row.expected_percent !== undefined && `${format.inline(format.percent(row.expected_percent))} of `}
            {format.inline(format.hashrate(row.expected_hps))}
            <span class="mt-1.5 block">
              <ExpectedBar percent={fresh === 'none' ? undefined : row.expected_percent} tone={fresh === 'live' ? LOOKS[row.state].tone : 'idle'} />
            </span>
          </>
        )}
      </Figure>
      <Figure name="Hottest" q={live(row.hottest_celsius, celsius)} tone={isOver ? 'text-bad' : ''}>
        {[row.hottest_sensor, limit !== undefined && `limit ${format.inline(celsius(limit))}`].filter(Boolean).join(' · ')}
      </Figure>
      <Figure name="Power" q={live(row.watts, format.power)}>
        {fresh !== 'none' && row.watts !== undefined && `${format.inline(format.energy(row.watts * 24))} a day`}
      </Figure>
      <Figure name="Efficiency" q={live(row.efficiency_joules_per_terahash, format.efficiency)} />
      <Figure name="Uptime" q={live(row.uptime_secs, (secs) => ({ text: format.uptime(secs), unit: '' }))}>
        {fresh !== 'none' && row.uptime_secs !== undefined && `since ${format.when(now.value - row.uptime_secs * 1000, now.value)}`}
      </Figure>
      <Figure name="Best difficulty" q={row.best_difficulty === undefined ? undefined : format.difficulty(row.best_difficulty)}>
        {row.best_session_difficulty !== undefined && `session ${format.inline(format.difficulty(row.best_session_difficulty))}`}
      </Figure>
    </dl>
  );
}

function Figure(props: { name: string; q: format.Quantity | undefined; tone?: string; children?: ComponentChildren }) {
  return (
    <div class="bg-panel px-4 py-3">
      <dt class="text-caption text-ink2">{props.name}</dt>
      <dd class={`text-total font-semibold ${props.tone ?? ''}`}>
        <Num q={props.q} unit={props.tone || 'text-ink3 text-body'} />
      </dd>
      <dd class="min-h-4 text-caption text-ink2">{props.children}</dd>
    </div>
  );
}
