/** The five totals. Every figure is the agent's own; only the extremes of efficiency are looked up in the rows. */
import type { ComponentChildren } from 'preact';
import { Num } from '../../components/num';
import { Panel } from '../../components/panel';
import { TrendLine } from '../../components/spark';
import * as format from '../../lib/format';
import { degrees } from '../../lib/prefs';
import { settled } from '../../lib/lineup';
import { rowsById, summary, type Summary } from '../../lib/store';
import { freshness, type Tone, TEXT } from '../../lib/states';
import { now } from '../../lib/store';
import { efficiencyTrend, trends } from '../../lib/trend';
import { HashrateTrend } from './hashrate-trend';
import { StateBar } from './state-bar';

/** The unit behind a total is of the size of text. */
const UNIT = 'text-body';

/** Under this percentage of the expected hashrate the figure is coloured, and under the second one more so. */
const [LOW_PERCENT, VERY_LOW_PERCENT] = [95, 80];

export function Totals() {
  const all = summary.value;
  if (!all) return null;
  return (
    <Panel title="Totals" hideTitle>
      <div class="grid grid-cols-2 lg:grid-cols-[minmax(0,1fr)_repeat(4,minmax(8.9rem,0.245fr))]">
        <Hashrate summary={all} />
        <Power summary={all} />
        <Efficiency summary={all} />
        <Hottest summary={all} />
        <Shares summary={all} />
      </div>
    </Panel>
  );
}

/** The algorithm that most miners work at, then the others. */
function byMiners(summary: Summary) {
  return Object.entries(summary.hashing).sort(([, a], [, b]) => b.miners - a.miners);
}

function Hashrate({ summary }: { summary: Summary }) {
  const [main, ...others] = byMiners(summary);
  if (!main) return <Total name="Hashrate" value={<Num q={undefined} />} />;
  const [algorithm, total] = main;
  const percent = total.expected_hps > 0 ? (total.current_hps / total.expected_hps) * 100 : undefined;
  return (
    <div class="col-span-2 border-line p-5 max-lg:border-b lg:col-span-1 lg:pb-3">
      <div class="flex gap-5">
        <div class="w-38 shrink-0 max-sm:w-36">
          <h2 class="text-control font-normal text-ink2">Hashrate{others.length > 0 && ` · ${algorithm}`}</h2>
          <p class="text-hero font-semibold tracking-[-0.02em]" data-total="hashrate">
            <Num q={format.hashrate(total.current_hps)} unit="text-ink3 text-title tracking-normal" />
          </p>
          {percent !== undefined && (
            <p class="text-caption text-ink2">
              <span class={`font-medium ${toneOf(percent)}`}>{format.inline(format.percent(percent))}</span> of{' '}
              {format.inline(format.hashrate(total.expected_hps))}
            </p>
          )}
          {others.map(([name, other]) => (
            <p key={name} class="text-caption text-ink2">
              {format.inline(format.hashrate(other.current_hps))} {name}
            </p>
          ))}
        </div>
        <div class="min-w-0 flex-1">
          <HashrateTrend />
        </div>
      </div>
      <StateBar />
    </div>
  );
}

function toneOf(percent: number): string {
  const tone: Tone = percent < VERY_LOW_PERCENT ? 'bad' : percent < LOW_PERCENT ? 'warn' : 'ok';
  return TEXT[tone];
}

function Power({ summary }: { summary: Summary }) {
  const { watts, without_watts: without } = summary;
  const note =
    watts === undefined ? undefined : without > 0 ? `${format.plural(without, 'miner')} without` : `${format.inline(format.energy(watts * 24))} a day`;
  return (
    <Total
      name="Power"
      value={<Num q={watts === undefined ? undefined : format.power(watts)} unit={`text-ink3 ${UNIT}`} />}
      note={note}
      title={without > 0 ? `${format.plural(without, 'miner does', 'miners do')} not report power` : undefined}
    >
      <TrendLine trend={trends.value.watts} class="stroke-ink3" />
    </Total>
  );
}

function Efficiency({ summary }: { summary: Summary }) {
  const efficiency = byMiners(summary)[0]?.[1].efficiency_joules_per_terahash;
  const algorithm = byMiners(summary)[0]?.[0];
  let [best, worst] = [Infinity, 0];
  for (const row of settled.value) {
    const each = row.efficiency_joules_per_terahash;
    if (each === undefined || row.algorithm !== algorithm || freshness(row, now.peek()) === 'none') continue;
    best = Math.min(best, each);
    worst = Math.max(worst, each);
  }
  const range = worst > 0 ? `best ${format.significant(best)} · worst ${format.significant(worst)}` : undefined;
  return (
    <Total name="Efficiency" value={<Num q={efficiency === undefined ? undefined : format.efficiency(efficiency)} unit={`text-ink3 ${UNIT}`} />} note={range}>
      <TrendLine trend={efficiencyTrend.value} class="stroke-ink3" />
    </Total>
  );
}

function Hottest({ summary }: { summary: Summary }) {
  const hottest = summary.hottest_chip;
  if (!hottest) return <Total name="Hottest" value={<Num q={undefined} />} />;
  const row = rowsById.value.get(hottest.source_id);
  const limit = row?.critical_celsius;
  const isOver = limit !== undefined && hottest.celsius >= limit;
  const note = [row?.name ?? hottest.source_id, limit !== undefined && `limit ${format.temperature(limit, degrees.value).text}`];
  return (
    <Total
      name="Hottest"
      value={<Num q={format.temperature(hottest.celsius, degrees.value)} unit={isOver ? UNIT : `text-ink3 ${UNIT}`} />}
      tone={isOver ? 'text-bad' : ''}
      note={note.filter(Boolean).join(' · ')}
      href={`?device=${encodeURIComponent(hottest.source_id)}`}
    >
      <TrendLine trend={trends.value.chip_celsius} class={isOver ? 'stroke-bad-fill' : 'stroke-ink3'} />
    </Total>
  );
}

function Shares({ summary }: { summary: Summary }) {
  const { accepted, rejected } = summary.shares;
  return (
    <Total
      name="Shares accepted"
      value={<Num q={format.acceptance(accepted, rejected)} unit={`text-ink3 ${UNIT}`} />}
      note={`${format.inline(format.difficulty(rejected))} rejected`}
      title={`${format.count(accepted)} accepted, ${format.count(rejected)} rejected since the miners started`}
    />
  );
}

function Total(props: {
  name: string;
  value: ComponentChildren;
  note?: string | undefined;
  title?: string | undefined;
  tone?: string;
  href?: string;
  children?: ComponentChildren;
}) {
  const inner = (
    <>
      <h2 class="text-control font-normal text-ink2">{props.name}</h2>
      <p class={`mt-0.5 text-total font-semibold tracking-[-0.01em] ${props.tone ?? ''}`}>{props.value}</p>
      <p class="truncate text-axis text-ink2">{props.note ?? '\u00a0'}</p>
      <div class="mt-1.5 max-lg:hidden">{props.children}</div>
    </>
  );
  const box = 'block min-w-0 border-line p-4 max-lg:px-5 lg:px-3.5 max-lg:odd:border-l max-lg:nth-[n+4]:border-t lg:border-l lg:py-5';
  if (!props.href) {
    return (
      <div class={box} title={props.title}>
        {inner}
      </div>
    );
  }
  return (
    <a class={`${box} hover:bg-raise focus-visible:outline-offset-[-2px]`} href={props.href} title={props.title}>
      {inner}
    </a>
  );
}
