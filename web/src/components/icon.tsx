/** Icons. Lines are of lucide (ISC); those of states are our own, since they have to be told apart at 16 px and without colour. */
import {
  ArrowLeft,
  ArrowLeftRight,
  ArrowUpRight,
  Bell,
  Check,
  ChevronDown,
  ChevronRight,
  ChevronUp,
  Columns3,
  Download,
  Droplet,
  type IconNode,
  LayoutGrid,
  List,
  Moon,
  Plus,
  Radar,
  RefreshCw,
  Search,
  Server,
  SlidersHorizontal,
  Sun,
  X,
  Zap,
  Gauge,
} from 'lucide';
import { h } from 'preact';
import type { State } from '../lib/row';
import { LOOKS, TEXT, type Tone } from '../lib/states';

const LINES = {
  back: ArrowLeft,
  swap: ArrowLeftRight,
  out: ArrowUpRight,
  bell: Bell,
  check: Check,
  down: ChevronDown,
  right: ChevronRight,
  up: ChevronUp,
  columns: Columns3,
  download: Download,
  drop: Droplet,
  gauge: Gauge,
  grid: LayoutGrid,
  list: List,
  moon: Moon,
  plus: Plus,
  power: Zap,
  radar: Radar,
  refresh: RefreshCw,
  search: Search,
  server: Server,
  sliders: SlidersHorizontal,
  sun: Sun,
  x: X,
} satisfies Record<string, IconNode>;

/** The name of an icon that the first page needs, or one that a page brings itself: `import { Tag } from 'lucide'`. */
export type IconName = keyof typeof LINES | IconNode;

interface IconProps {
  name: IconName;
  size?: number;
  class?: string;
}

/** A line icon. It says nothing to a screen reader: the text beside it does. */
export function Icon({ name, size = 16, class: className = '' }: IconProps) {
  return (
    <svg
      class={`shrink-0 ${className}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={size < 18 ? 2 : 1.75}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {(typeof name === 'string' ? LINES[name] : name).map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}

const DISC = <circle cx="8" cy="8" r="5.5" fill="currentColor" stroke="none" />;

const STATES: Record<State, preact.ComponentChild> = {
  hashing: DISC,
  running: DISC,
  degraded: <path d="M8 2.2 14.6 13.6H1.4Z" fill="currentColor" stroke-width="1" />,
  hot: <path d="M6 9.1V3.4a2 2 0 1 1 4 0v5.7a3.3 3.3 0 1 1-4 0ZM8 6v5.6" />,
  not_hashing: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M5 8h6" />
    </>
  ),
  standby: <path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="2" />,
  stale: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.7V8l2.2 1.4" />
    </>
  ),
  offline: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m3.8 12.2 8.4-8.4" />
    </>
  ),
  auth: (
    <>
      <circle cx="4.9" cy="11.1" r="2.9" />
      <path d="m7 9 6.2-6.2M10.4 5.6l2.2 2.2" />
    </>
  ),
  unknown: <path d="M5.4 5.8a2.7 2.7 0 0 1 5.2.9c0 1.8-2.6 2.1-2.6 3.9M8 13.4v.1" stroke-width="1.8" />,
  pending: <circle cx="8" cy="8" r="5.5" stroke-dasharray="2.6 2.2" />,
  disabled: <path d="M3.5 8h9" stroke-width="2" />,
};

/** The icon of a state, in its colour unless another one is meant. */
export function StateIcon({ state, size = 16, tone = LOOKS[state].tone }: { state: State; size?: number; tone?: Tone }) {
  return (
    <svg
      class={`shrink-0 ${TEXT[tone]}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {STATES[state]}
    </svg>
  );
}

/** The mark of the program. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg class="shrink-0" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" class="fill-brand-fill" />
      <path d="M9 11.5h14M9 16.5h9M9 21.5h5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" />
    </svg>
  );
}
