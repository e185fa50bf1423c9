import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { lazy } from '../../components/lazy';
import { Segmented } from '../../components/segmented';
import { api } from '../../lib/client';
import { clock, hashrate, inline } from '../../lib/format';
import type { Point } from '../../lib/path';
import type { Row } from '../../lib/row';
import { align, stepFor } from '../../lib/series';
import { now } from '../../lib/store';

const Chart = lazy(() => import('./chart').then((it) => it.Chart));

type Range = '1' | '6' | '24';

const RANGES: readonly (readonly [Range, string])[] = [
  ['1', '1 h'],
  ['6', '6 h'],
  ['24', '24 h'],
];

const METRICS = ['current_hps', 'chip_celsius', 'watts'] as const;
const EVERY_MS = 30_000;
const HEIGHT_PX = 200;

interface Series {
  readonly step_secs: number;
  readonly points: Point[];
}

export function History({ row, class: className = '' }: { row: Row; class?: string }) {
  const range = useSignal<Range>('24');
  const series = useSignal<readonly Series[] | undefined>(undefined);
  const isTable = useSignal(false);
  useEffect(() => {
    const load = () =>
      Promise.all(METRICS.map((metric) => api.get<Series>(`/history/${encodeURIComponent(row.id)}`, { query: { metric } }))).then(
        (loaded) => (series.value = loaded),
        // Old points are better than none; the next try is near.
        () => {},
      );
    void load();
    const timer = setInterval(() => !document.hidden && void load(), EVERY_MS);
    return () => clearInterval(timer);
  }, [row.id]);
  const data = useMemo(() => {
    const all = series.value;
    if (!all?.[0]) return undefined;
    const end = now.peek();
    const spanMs = Number(range.value) * 3_600_000;
    const stepMs = stepFor(all[0].step_secs * 1000, spanMs);
    return align(all.map((it) => it.points), stepMs, end - spanMs, end);
  }, [series.value, range.value]);
  const hashrates = data?.values[0]?.filter((it) => it !== null) ?? [];
  return (
    <section aria-label="History" class={className}>
      <div class="flex items-center gap-2">
        <h3 class="flex-1 text-control">History</h3>
        <button type="button" class="rounded-small px-2 py-1 text-caption text-ink2 hover:text-ink" onClick={() => (isTable.value = !isTable.value)}>
          {isTable.value ? 'Show as chart' : 'Show as table'}
        </button>
        <Segmented label="Time shown" value={range.value} options={RANGES} onChange={(value) => (range.value = value)} />
      </div>
      {data && hashrates.length < 2 && <p class="py-8 text-center text-control text-ink3">No history yet. It fills in as the agent runs.</p>}
      {data && hashrates.length >= 2 && (
        <>
          <p class="sr-only">
            Hashrate between {inline(hashrate(Math.min(...hashrates)))} and {inline(hashrate(Math.max(...hashrates)))} in the last{' '}
            {range.value} hours.
          </p>
          {isTable.value ? <Table at={data.at} values={data.values} /> : (
            <div class="mt-2 min-h-[232px]">
              <Chart data={data} expected={row.expected_hps} height={HEIGHT_PX} />
            </div>
          )}
        </>
      )}
      {!data && <div class="h-[248px]" />}
    </section>
  );
}

/** So many lines tell the course of a day. */
const LINES = 24;

function Table({ at, values }: { at: readonly number[]; values: readonly (number | null)[][] }) {
  const step = Math.max(1, Math.ceil(at.length / LINES));
  const lines = at.flatMap((time, index) => (index % step === 0 ? [{ time, index }] : []));
  return (
    <div class="mt-2 max-h-60 overflow-y-auto rounded-control border border-line" tabIndex={0} role="region" aria-label="History as table">
      <table class="w-full text-caption">
        <thead class="sticky top-0 bg-raise text-left text-ink2">
          <tr>
            <th class="px-3 py-1.5 font-medium">Time</th>
            <th class="px-3 py-1.5 text-right font-medium">Hashrate</th>
            <th class="px-3 py-1.5 text-right font-medium">Chip</th>
            <th class="px-3 py-1.5 text-right font-medium">Power</th>
          </tr>
        </thead>
        <tbody class="divide-y divide-line">
          {lines.reverse().map(({ time, index }) => {
            const [hps, celsius, watts] = values.map((it) => it[index]);
            return (
              <tr key={time}>
                <td class="px-3 py-1">{clock(time * 1000)}</td>
                <td class="px-3 py-1 text-right">{hps == null ? '—' : inline(hashrate(hps))}</td>
                <td class="px-3 py-1 text-right">{celsius == null ? '—' : `${Math.round(celsius)} °C`}</td>
                <td class="px-3 py-1 text-right">{watts == null ? '—' : `${Math.round(watts)} W`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
