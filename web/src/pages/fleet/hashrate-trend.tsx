/** The hashrate of the fleet over the last day, with what was expected, and the moment when many were lost. */
import { clock, hashrate, inline } from '../../lib/format';
import { area, extent, line, type Point, scale } from '../../lib/path';
import { issues, now } from '../../lib/store';
import { type Trend, trends } from '../../lib/trend';

const [WIDTH, HEIGHT] = [600, 64];
const DAY_MS = 86_400_000;
/** So many devices lost together are written at the line. */
const MANY = 3;

export function HashrateTrend() {
  const trend = trends.value.current_hps;
  if (!trend || trend.points.length < 2) {
    return <p class="flex h-full min-h-16 items-end justify-end text-axis text-ink3">The trend fills in as the agent runs</p>;
  }
  return <Chart trend={trend} />;
}

function Chart({ trend }: { trend: Trend }) {
  const end = Math.max(now.peek(), trend.points.at(-1)![0]);
  const start = Math.max(end - DAY_MS, trend.points[0]![0]);
  const values = [...trend.points, ...trend.expected].map(([, value]) => value);
  const [low, high] = extent(values, Math.max(...values) * 0.1);
  const to = scale([start, end], [low, high], WIDTH, HEIGHT);
  const gap = trend.stepMs * 2.5;
  const last = trend.points.at(-1)!;
  const expected = trend.expected.at(-1);
  const loss = lossIn(start);
  const lossPart = loss ? (loss.at - start) / (end - start) : 0;
  const percent = (part: number) => `${part * 100}%`;
  return (
    <div class="flex h-full flex-col">
      <p class="sr-only">
        Hashrate of the last day, now {inline(hashrate(last[1]))}
        {loss && `; ${loss.text}`}.
      </p>
      <div class="relative min-h-16 flex-1" aria-hidden="true">
        <svg class="absolute inset-0 size-full overflow-visible" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
          <defs>
            <linearGradient id="trend" x1="0" y1="0" x2="0" y2="1">
              <stop offset="0" class="[stop-color:var(--brand-fill)] [stop-opacity:0.22]" />
              <stop offset="1" class="[stop-color:var(--brand-fill)] [stop-opacity:0]" />
            </linearGradient>
          </defs>
          <path d={area(trend.points, gap, to, HEIGHT)} fill="url(#trend)" />
          <path
            d={line(trend.expected, DAY_MS, to)}
            fill="none"
            class="stroke-ink3"
            stroke-dasharray="3 4"
            vector-effect="non-scaling-stroke"
          />
          <path
            d={line(trend.points, gap, to)}
            fill="none"
            class="stroke-brand-fill"
            stroke-width="1.75"
            stroke-linejoin="round"
            vector-effect="non-scaling-stroke"
          />
        </svg>
        {expected && (
          <span
            class="absolute right-0 -translate-y-1/2 bg-panel pl-1.5 text-axis text-ink2 max-sm:hidden"
            style={{ top: percent(to.y(expected[1]) / HEIGHT) }}
          >
            expected
          </span>
        )}
        <span
          class="absolute size-1.5 -translate-1/2 rounded-full bg-brand-fill ring-2 ring-panel"
          style={{ left: percent(to.x(last[0]) / WIDTH), top: percent(to.y(last[1]) / HEIGHT) }}
        />
        {loss && (
          <span
            class={`absolute bottom-0 px-1.5 text-axis whitespace-nowrap text-bad max-sm:hidden ${lossPart > 0.4 ? '-translate-x-full' : ''}`}
            style={{ left: percent(lossPart) }}
          >
            {clock(loss.at)} · {loss.text}
          </span>
        )}
      </div>
      <Axis start={start} end={end} />
    </div>
  );
}

function Axis({ start, end }: { start: number; end: number }) {
  const hours = (end - start) / 3_600_000;
  const at = (part: number) => start + (end - start) * part;
  // Of a few minutes only the end is told, where it is.
  const texts = hours < 0.1 ? ['', 'now'] : [hours > 23.5 ? '24 h ago' : clock(start), clock(at(1 / 3)), clock(at(2 / 3)), 'now'];
  return (
    <div class="mt-2 flex justify-between text-axis text-ink3 max-sm:hidden" aria-hidden="true">
      {texts.map((text) => (
        <span key={text}>{text}</span>
      ))}
    </div>
  );
}

/** The largest group that went offline together since `start` and is still. */
function lossIn(start: number): { at: number; text: string } | undefined {
  const groups = issues.value.filter((issue) => issue.code === 'offline' && issue.source_ids.length >= MANY);
  const [most] = groups.sort((a, b) => b.source_ids.length - a.source_ids.length);
  const at = most ? Date.parse(most.since) : 0;
  return most && at > start ? { at, text: `${most.source_ids.length} miners lost` } : undefined;
}

export type { Point };
