/** How links to receivers are: a word and a tone for each state, the next try, and how fast it goes. */
import { effect } from '@preact/signals';
import { span } from './format';
import type { Tone } from './states';
import { type Uplink, uplinks } from './store';

/** A link that is switched off is told as one too; the worst of several comes first. */
const LOOKS: Record<string, readonly [word: string, tone: Tone, rank: number]> = {
  rejected: ['Rejected', 'auth', 0],
  trouble: ['Trouble', 'bad', 1],
  catching_up: ['Catching up', 'warn', 2],
  connecting: ['Connecting', 'idle', 3],
  on: ['On', 'ok', 4],
  off: ['Off', 'idle', 5],
};

const UNKNOWN = ['Not known', 'idle', 6] as const;

export function lookOf(state: string | undefined): { word: string; tone: Tone } {
  const [word, tone] = LOOKS[state ?? ''] ?? UNKNOWN;
  return { word, tone };
}

/** The link that most needs to be looked at. */
export function worstOf(links: readonly Uplink[]): Uplink | undefined {
  const rank = (it: Uplink) => (LOOKS[it.state] ?? UNKNOWN)[2];
  return links.reduce<Uplink | undefined>((worst, it) => (worst && rank(worst) <= rank(it) ? worst : it), undefined);
}

/** How long until it is tried again: `now`, `12 s`, `3 min 5 s`. Nothing if that is not awaited. */
export function untilNext(link: Uplink, now: number): string | undefined {
  if (!link.next_attempt_at) return undefined;
  const secs = Math.ceil((Date.parse(link.next_attempt_at) - now) / 1000);
  if (secs <= 0) return 'now';
  return secs > 60 && secs % 60 > 0 && secs < 3600 ? `${Math.floor(secs / 60)} min ${secs % 60} s` : span(secs);
}

/** Acknowledged items of a link at times. */
interface Sample {
  readonly at: number;
  readonly items: number;
}

const RATE_WINDOW_MS = 10_000;

/** Samples with a new one. What is too old for a rate is left out, and all is if counting began anew. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  if (samples.some((it) => it.items > next.items)) return [next];
  return [...samples.filter((it) => next.at - it.at <= RATE_WINDOW_MS), next];
}

/** Items a second over the samples; nothing before there are two a second apart. */
export function rateOf(samples: readonly Sample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < 1000 || last.items === first.items) return undefined;
  return ((last.items - first.items) * 1000) / (last.at - first.at);
}

const seen = new Map<string, readonly Sample[]>();

effect(() => {
  for (const { id, ledger } of uplinks.value) {
    if (ledger) seen.set(id, withSample(seen.get(id) ?? [], { at: Date.now(), items: ledger.acknowledged.items }));
  }
});

/** How many items of a link get through in a second. */
export const rate = (id: string) => rateOf(seen.get(id) ?? []);
