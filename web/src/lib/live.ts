/**
 * Keeps the store up to date: first the table, then one event stream that goes on after it with what changes.
 *
 * The stream is closed while nobody looks at the page: browsers allow few connections to a host. After three failures in a row the table is
 * asked for every five seconds, until the stream can be opened again.
 */
import { batch } from '@preact/signals';
import { type Api, ApiError } from './api';
import type { Delta } from './delta';
import { prefix } from './route';
import * as store from './store';

const POLL_MS = 5000;
const SILENCE_MS = 40_000;
const RETRY_MS = [1000, 2000, 4000];
const FAILURES_TO_POLL = 3;
/** How often a page that polls looks whether there is a stream again. */
const STREAM_AGAIN_MS = 30_000;

export class Live {
  private stream: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  /** Of the stream in a row, while the table could be had. */
  private failures = 0;
  /** Tries in a row for which there was no answer at all. */
  private misses = 0;
  private streamTriedAt = 0;
  /** The delta that the table is up to. */
  private seq = 0;
  private isOn = false;
  /** Counts starts and stops: an answer to an older one is not for us any more. */
  private turn = 0;

  constructor(private readonly api: Api) {
    document.addEventListener('visibilitychange', () => this.onVisibility());
  }

  start(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.failures = 0;
    if (!document.hidden) void this.begin();
  }

  stop(): void {
    this.isOn = false;
    this.close();
  }

  /** Asks for totals and table anew, after an own change for instance. */
  async refresh(): Promise<void> {
    const turn = this.turn;
    // The stream tells of links only when one is different. A cloud has none of an agent's.
    if (!prefix.peek()) void this.api.get<{ uplinks: store.Uplink[] }>('/uplinks').then(({ uplinks }) => (store.uplinks.value = uplinks), () => {});
    const [table, summary, issues] = await Promise.all([
      this.api.get<store.Table>('/readings', { query: { view: 'table' } }),
      this.api.get<store.Summary>('/summary'),
      this.api.get<{ issues: store.Issue[] }>('/issues'),
    ]);
    // With a stream the deltas between are on their way; only a table that is ahead of them counts.
    if (turn !== this.turn || (this.stream && table.seq < this.seq)) return;
    this.seq = table.seq;
    batch(() => {
      store.takeTable(table);
      store.summary.value = summary;
      store.issues.value = issues.issues;
    });
  }

  private onVisibility(): void {
    if (!this.isOn) return;
    this.close();
    if (!document.hidden) void this.begin();
  }

  /** The table, then what follows it. */
  private async begin(): Promise<void> {
    this.close();
    const turn = this.turn;
    try {
      await this.refresh();
    } catch (error) {
      if (turn === this.turn) this.lost(error);
      return;
    }
    if (turn !== this.turn) return;
    // An agent that is back has a stream for us.
    if (this.misses > 0) this.failures = 0;
    this.misses = 0;
    const isPolling = this.failures >= FAILURES_TO_POLL;
    if (isPolling) store.connection.value = 'polling';
    if (isPolling && Date.now() - this.streamTriedAt < STREAM_AGAIN_MS) this.again(POLL_MS);
    else this.follow();
  }

  private follow(): void {
    this.streamTriedAt = Date.now();
    const stream = new EventSource(this.api.url('/events', { view: 'table', seq: this.seq }));
    this.stream = stream;
    const on = <T>(name: string, take: (data: T) => void) =>
      stream.addEventListener(name, (event) => {
        this.hear();
        take(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    stream.addEventListener('open', () => {
      this.failures = 0;
      store.connection.value = 'live';
      this.hear();
    });
    stream.addEventListener('error', () => {
      // The stream does not say what is wrong; asking for the table does.
      this.failures += 1;
      this.close();
      this.again(pause(this.failures));
    });
    on<unknown>('reset', () => void this.begin());
    on<Delta>('delta', (delta) => this.onDelta(delta));
    on<store.Summary>('summary', (summary) => {
      store.summary.value = summary;
    });
    on<{ issues: store.Issue[] }>('issues', ({ issues }) => {
      store.issues.value = issues;
    });
    on<{ uplinks: store.Uplink[] }>('uplinks', ({ uplinks }) => {
      store.uplinks.value = uplinks;
    });
    on<{ etag: string }>('config', ({ etag }) => {
      store.configTag.value = etag;
    });
    on<store.Entry>('event', store.takeEntry);
  }

  private onDelta(delta: Delta): void {
    // What is in the table already came with it.
    if (delta.seq <= this.seq) return;
    if (delta.seq > this.seq + 1) {
      void this.begin();
      return;
    }
    this.seq = delta.seq;
    store.takeDelta(delta);
  }

  /** Not even the table is to be had. */
  private lost(error: unknown): void {
    if (!this.isOn) return;
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      this.stop();
      return;
    }
    store.connection.value = 'lost';
    this.misses += 1;
    this.again(pause(this.misses));
  }

  private again(ms: number): void {
    clearTimeout(this.timer);
    if (this.isOn && !document.hidden) this.timer = setTimeout(() => void this.begin(), ms);
  }

  /** The stream said something. After a long silence it is begun anew: the comments that keep it open are not seen here. */
  private hear(): void {
    store.heardAt.value = Date.now();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => void this.begin(), SILENCE_MS);
  }

  private close(): void {
    this.turn += 1;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.stream?.close();
    this.stream = undefined;
  }
}

/** How long to wait after so many failures in a row. */
function pause(failures: number): number {
  return RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? POLL_MS;
}
