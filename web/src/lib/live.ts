/**
 * Keeps the store up to date: first the table, then one event stream with what changes.
 *
 * The stream is closed while nobody looks at the page: browsers allow few connections to a host. After three failures in a row the table is
 * asked for every five seconds, until the stream can be opened again.
 */
import { batch } from '@preact/signals';
import { type Api, ApiError } from './api';
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
  private failures = 0;
  private streamTriedAt = 0;
  private seq = 0;
  /** Deltas that came before the table that they belong to. */
  private early: store.Delta[] | undefined;
  private isOn = false;

  constructor(private readonly api: Api) {
    document.addEventListener('visibilitychange', () => this.onVisibility());
  }

  start(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.failures = 0;
    if (!document.hidden) this.openStream();
  }

  stop(): void {
    this.isOn = false;
    this.close();
  }

  /** Asks for everything anew, after an own change for instance. */
  async refresh(): Promise<void> {
    const [table, summary, issues] = await Promise.all([
      this.api.get<store.Table>('/readings', { query: { view: 'table' } }),
      this.api.get<store.Summary>('/summary'),
      this.api.get<{ issues: store.Issue[] }>('/issues'),
    ]);
    batch(() => {
      store.takeTable(table);
      store.summary.value = summary;
      store.issues.value = issues.issues;
    });
    this.seq = table.seq;
    const early = this.early ?? [];
    this.early = undefined;
    for (const delta of early) this.onDelta(delta);
  }

  private onVisibility(): void {
    if (!this.isOn) return;
    this.close();
    if (!document.hidden) this.openStream();
  }

  private openStream(): void {
    this.close();
    this.streamTriedAt = Date.now();
    this.early = [];
    const stream = new EventSource(this.api.url('/events', { view: 'table' }));
    this.stream = stream;
    const on = <T>(name: string, take: (data: T) => void) =>
      stream.addEventListener(name, (event) => {
        this.hear();
        take(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    stream.addEventListener('open', () => void this.onOpen());
    stream.addEventListener('error', () => this.onError());
    on<unknown>('reset', () => this.recover());
    on<store.Delta>('delta', (delta) => this.onDelta(delta));
    on<store.Summary>('summary', (summary) => {
      store.summary.value = summary;
    });
    on<{ issues: store.Issue[] }>('issues', ({ issues }) => {
      store.issues.value = issues;
    });
    on<{ etag: string }>('config', ({ etag }) => {
      store.configTag.value = etag;
    });
    on<store.Entry>('event', store.takeEntry);
  }

  private async onOpen(): Promise<void> {
    const stream = this.stream;
    try {
      await this.refresh();
      if (stream !== this.stream) return;
      this.failures = 0;
      store.connection.value = 'live';
      this.hear();
    } catch (error) {
      if (stream === this.stream) this.failed(error);
    }
  }

  private onError(): void {
    this.close();
    // The stream does not say what is wrong; asking for the table does.
    this.failures += 1;
    void this.poll();
  }

  private onDelta(delta: store.Delta): void {
    if (this.early) {
      this.early.push(delta);
    } else if (delta.seq > this.seq) {
      // Numbers are of changes in the agent, several of which may be in one delta; what is older is in the table already.
      this.seq = delta.seq;
      store.takeDelta(delta);
    }
  }

  /** Something was missed. */
  private recover(): void {
    this.early = [];
    this.refresh().catch((error: unknown) => this.failed(error));
  }

  private async poll(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this.early = undefined;
      await this.refresh();
      if (!this.isOn || this.stream) return;
      const isPolling = this.failures >= FAILURES_TO_POLL;
      store.connection.value = isPolling ? 'polling' : store.connection.value === 'lost' ? 'starting' : store.connection.value;
      const again = isPolling && Date.now() - this.streamTriedAt < STREAM_AGAIN_MS;
      this.later(again ? () => void this.poll() : () => this.openStream(), again ? POLL_MS : this.pause());
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.close();
    if (!this.isOn) return;
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      this.stop();
      return;
    }
    this.failures += 1;
    store.connection.value = 'lost';
    this.later(() => this.openStream(), this.pause());
  }

  private pause(): number {
    return RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? RETRY_MS[0]!;
  }

  private later(then: () => void, ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, ms);
  }

  /** The stream said something. After a long silence it is looked whether anything was missed: comments, which keep it open, are not seen here. */
  private hear(): void {
    store.heardAt.value = Date.now();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.openStream(), SILENCE_MS);
  }

  private close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.stream?.close();
    this.stream = undefined;
  }
}
