/** The fleet map: one square for each miner, by place. Patterns of a rack are seen here before they are read in the table. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Panel } from '../../components/panel';
import { Segmented } from '../../components/segmented';
import { count, efficiency, hashrate, inline, plural, temperature } from '../../lib/format';
import { rowIn } from '../../lib/delta';
import { bestByModel, fit, type MapMode, places, type Shade, shadeOf } from '../../lib/fleet-map';
import { lineup, settled } from '../../lib/lineup';
import { memo } from '../../lib/memo';
import { degrees } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { setQuery, withQuery } from '../../lib/route';
import { ATTENTION, LOOKS, TEXT } from '../../lib/states';
import { rowOf, rows, slowNow } from '../../lib/store';

const SHADES: Record<Shade, string> = {
  good: 'bg-ok-fill',
  fair: 'bg-ok-mid',
  warn: 'bg-warn-fill',
  bad: 'bg-bad-fill',
  off: 'bg-bad-soft border border-bad-fill',
  stale: 'hatched',
  auth: 'bg-auth-soft border border-auth-fill',
  idle: 'bg-idle-soft border border-idle-fill',
  unknown: 'bg-panel border border-dashed border-idle-fill',
};

const COMMON: readonly (readonly [Shade, string])[] = [
  ['off', 'Offline'],
  ['stale', 'Stale'],
  ['auth', 'Auth'],
  ['idle', 'Standby'],
];

const LEGENDS: Record<MapMode, readonly (readonly [Shade, string])[]> = {
  hashrate: [['good', 'At target'], ['fair', 'Just under'], ['warn', 'Degraded'], ['bad', 'Too hot, not hashing'], ...COMMON],
  heat: [['fair', 'Cool'], ['good', 'Normal'], ['warn', 'Warm'], ['bad', 'Too hot'], ...COMMON],
  efficiency: [['good', 'Best of model'], ['fair', 'Up to 15 % more'], ['warn', 'Over 15 % more'], ...COMMON],
};

const MODES: readonly (readonly [MapMode, string])[] = [
  ['hashrate', 'Hashrate'],
  ['heat', 'Heat'],
  ['efficiency', 'J/TH'],
];

/** The height that the squares may take: with few devices as much as the list beside them has. */
const [USUAL_PX, LARGE_PX] = [150, 300];
const LARGE_FLEET = 250;

export function FleetMap() {
  const mode = useSignal<MapMode>('hashrate');
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(it);
    setWidth(it.getBoundingClientRect().width);
    return () => observer.disconnect();
  }, []);
  // Which squares there are changes with the fleet; their colours every five seconds: a square is no place to watch a figure.
  const all = lineup.value;
  const grouped = useMemo(() => places(all, (row) => ATTENTION.has(row.state)), [all]);
  const fitted = useMemo(() => fit(grouped.map((it) => it.cells.length), width, all.length > LARGE_FLEET ? LARGE_PX : USUAL_PX), [grouped, width]);
  const best = bestByModel(settled.value);
  const shadeNow = (row: Row) => shadeOf(rowIn(rows.peek(), row.id) ?? row, mode.value, best, slowNow.value);
  const isWhole = grouped.every((it) => it.cells.length === it.rows.length);
  const problems = grouped.reduce((sum, it) => sum + it.problems, 0);
  return (
    <Panel
      title="Fleet map"
      note={isWhole ? 'one square, one miner' : 'problems, and a sample of the others'}
      actions={<Segmented label="Colour by" value={mode.value} options={MODES} onChange={(next) => (mode.value = next)} />}
      class="flex flex-col"
      clip={false}
    >
      <p class="sr-only">
        {plural(all.length, 'miner')} in {plural(grouped.length, 'place')}, {count(problems)} of them need attention. The table below shows
        them one by one.
      </p>
      <div class="flex max-h-[420px] flex-1 overflow-y-auto p-4 pb-2">
        <div ref={box} class="flex min-w-0 flex-1 flex-wrap content-start items-start justify-between gap-x-6 gap-y-3">
          {grouped.map((it) => (
            <PlaceCells
              key={it.name}
              name={it.name}
              count={it.rows.length}
              problems={it.problems}
              ids={it.cells.map((row) => row.id)}
              shades={it.cells.map(shadeNow)}
              cell={fitted.cell}
              gap={fitted.gap}
              deep={fitted.deep}
            />
          ))}
          {/* Keeps the last of several lines from being spread. */}
          {fitted.lines > 1 && <span class="h-0 flex-[1000]" />}
        </div>
      </div>
      <ul class="flex flex-wrap gap-x-4 gap-y-1 px-4 pt-1 pb-4 text-axis text-ink2">
        {LEGENDS[mode.value].map(([shade, text]) => (
          <li key={shade} class="flex items-center gap-1.5">
            <span class={`size-2.5 rounded-[3px] ${SHADES[shade]}`} />
            {text}
          </li>
        ))}
      </ul>
      <Tip within={box} mode={mode.value} />
    </Panel>
  );
}

interface PlaceProps {
  name: string;
  count: number;
  problems: number;
  /** Of the devices that are drawn, in their order, and the colour of each. */
  ids: readonly string[];
  shades: readonly Shade[];
  cell: number;
  gap: number;
  deep: number;
}

/** One place. It is made anew only when one of its squares has another colour. */
const PlaceCells = memo(({ name, count: n, problems, ids, shades, cell, gap, deep }: PlaceProps) => {
  const across = Math.max(1, Math.ceil(ids.length / deep));
  return (
    <div>
      <a
        href={withQuery({ place: name, issue: undefined })}
        class="mb-1.5 flex h-4 min-w-16 items-baseline gap-1.5 rounded-small text-caption whitespace-nowrap hover:underline"
        title={`Show only ${name || 'devices without a place'}`}
      >
        <span class="font-medium">{name || 'No place'}</span>
        <span class="text-ink3">{count(n)}</span>
        {problems > 0 && (
          <span class="ml-auto flex items-center gap-1 pl-1 text-bad">
            <span class="size-1.5 rounded-full bg-bad-fill" />
            {count(problems)}
          </span>
        )}
      </a>
      <div
        class="grid"
        aria-hidden="true"
        style={{ gap: `${gap}px`, gridTemplateColumns: `repeat(${across}, ${cell}px)`, gridAutoRows: `${cell}px` }}
      >
        {ids.map((id, at) => (
          <span key={id} data-device={id} class={`cursor-pointer rounded-cell ${SHADES[shades[at] ?? 'unknown']}`} />
        ))}
      </div>
    </div>
  );
});

/** What a square stands for, beside the pointer. A click opens the device. */
function Tip({ within, mode }: { within: { current: HTMLElement | null }; mode: MapMode }) {
  const [at, setAt] = useState<{ id: string; x: number; y: number }>();
  useEffect(() => {
    const it = within.current;
    if (!it) return;
    const idOf = (event: Event) => (event.target as HTMLElement).dataset.device;
    const over = (event: Event) => {
      const id = idOf(event);
      const { left, width, top } = (event.target as HTMLElement).getBoundingClientRect();
      setAt(id ? { id, x: left + width / 2, y: top } : undefined);
    };
    const leave = () => setAt(undefined);
    const open = (event: Event) => {
      const id = idOf(event);
      if (id) setQuery({ device: id });
    };
    it.addEventListener('pointerover', over);
    it.addEventListener('pointerleave', leave);
    it.addEventListener('click', open);
    return () => {
      it.removeEventListener('pointerover', over);
      it.removeEventListener('pointerleave', leave);
      it.removeEventListener('click', open);
    };
  }, [within]);
  const row = at && rowOf(at.id);
  if (!at || !row) return null;
  return (
    <div
      role="presentation"
      class="pointer-events-none fixed z-30 -translate-x-1/2 -translate-y-full rounded-control border border-line bg-panel px-2.5 py-1.5 text-caption whitespace-nowrap shadow-pop"
      style={{ left: `${at.x}px`, top: `${at.y - 6}px` }}
    >
      <b class="font-medium">{row.name}</b>
      <span class={`ml-2 ${TEXT[LOOKS[row.state].tone]}`}>{LOOKS[row.state].word}</span>
      <span class="ml-2 text-ink2">{figure(row, mode)}</span>
    </div>
  );
}

function figure(row: Row, mode: MapMode): string {
  const each = row.efficiency_joules_per_terahash;
  switch (mode) {
    case 'heat':
      return row.hottest_celsius === undefined ? '' : inline(temperature(row.hottest_celsius, degrees.value));
    case 'efficiency':
      return each === undefined ? '' : inline(efficiency(each));
    default:
      return row.current_hps === undefined || row.state === 'offline' ? '' : inline(hashrate(row.current_hps));
  }
}
