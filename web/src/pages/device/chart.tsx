/** The chart of one device. uPlot comes with this file, which is loaded when the first chart is shown. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';
import { clock, hashrate, inline, power, temperature } from '../../lib/format';
import { degrees, theme } from '../../lib/prefs';
import type { Aligned } from '../../lib/series';

interface Props {
  /** Hashrate, temperature and power, in this order. */
  data: Aligned;
  expected: number | undefined;
  height: number;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function Chart({ data, expected, height }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const latest = useRef({ data, expected });
  latest.current = { data, expected };
  useEffect(() => {
    const it = box.current;
    if (!it) return;
    let made: UPlot | undefined;
    const stop = effect(() => {
      void theme.value;
      void degrees.value;
      made?.destroy();
      made = new UPlot(options(it.clientWidth, height, () => latest.current.expected), table(latest.current.data), it);
      plot.current = made;
    });
    const observer = new ResizeObserver(() => made?.setSize({ width: it.clientWidth, height }));
    observer.observe(it);
    return () => {
      observer.disconnect();
      stop();
      made?.destroy();
      plot.current = undefined;
    };
  }, [height]);
  useEffect(() => plot.current?.setData(table(data)), [data]);
  return <div ref={box} class="chart touch-pan-y" aria-hidden="true" />;
}

function table({ at, values }: Aligned): UPlot.AlignedData {
  return [at, ...values] as UPlot.AlignedData;
}

const FONT = "11px 'Geist', system-ui, sans-serif";

function options(width: number, height: number, expected: () => number | undefined): UPlot.Options {
  const [ink3, line, brand, warn, auth] = ['ink3', 'line', 'brand-fill', 'warn-fill', 'auth-fill'].map(colour) as [string, string, string, string, string];
  const celsius = (value: number) => inline(temperature(value, degrees.value));
  const axis = (more: UPlot.Axis): UPlot.Axis => ({ stroke: ink3, font: FONT, ticks: { show: false }, gap: 4, ...more });
  return {
    width,
    height,
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    legend: { live: true, markers: { width: 2, dash: (_, at) => (at === 2 ? 'dashed' : at === 3 ? 'dotted' : 'solid') } },
    padding: [8, 0, 0, 0],
    scales: {
      x: { time: true },
      hps: { range: (_, low, high) => around(low, Math.max(high, expected() ?? high)) },
      deg: { range: (_, low, high) => around(low, high) },
      watts: { range: (_, low, high) => around(low, high) },
    },
    axes: [
      axis({ grid: { show: false }, size: 26, space: 70, values: (_, splits) => splits.map((at) => clock(at * 1000)) }),
      axis({ scale: 'hps', size: 62, grid: { stroke: line, width: 1 }, values: (_, splits) => splits.map((hps) => inline(hashrate(hps))) }),
      axis({ scale: 'deg', side: 1, size: 44, grid: { show: false }, values: (_, splits) => splits.map(celsius) }),
    ],
    series: [
      { label: 'Time', value: (_, at) => (at == null ? '—' : clock(at * 1000)) },
      { label: 'Hashrate', scale: 'hps', stroke: brand, width: 1.75, points: { show: false }, value: (_, hps) => inline(hps == null ? undefined : hashrate(hps)) },
      { label: 'Hottest chip', scale: 'deg', stroke: auth, width: 1.5, dash: [5, 3], points: { show: false }, value: (_, it) => (it == null ? '—' : celsius(it)) },
      { label: 'Power', scale: 'watts', stroke: warn, width: 1.25, dash: [1.5, 3], show: false, points: { show: false }, value: (_, it) => inline(it == null ? undefined : power(it)) },
    ],
    hooks: { draw: [(plot) => drawExpected(plot, expected(), ink3)] },
  };
}

/** Room around what there is; a flat line is in the middle. */
function around(low: number, high: number): [number, number] {
  const room = Math.max((high - low) * 0.15, Math.abs(high) * 0.02, 1e-9);
  return [Math.max(0, low - room), high + room];
}

/** The hashrate that is expected, as a line across. */
function drawExpected(plot: UPlot, hps: number | undefined, stroke: string): void {
  if (hps === undefined) return;
  const y = Math.round(plot.valToPos(hps, 'hps', true)) + 0.5;
  const { ctx, bbox } = plot;
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
