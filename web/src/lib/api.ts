/** Requests to the agent. Where it is reached, and which agent is meant, are arguments: a cloud serves the same pages. */
import type { components } from './api-types';

export type Problem = components['schemas']['Problem'];

export interface Place {
  /** Where the API begins, without a slash at its end. */
  readonly base: string;
  /** Which agent, where one address serves several. */
  readonly agent?: string;
}

/** An answer that is a problem, or no answer at all. */
export class ApiError extends Error {
  constructor(
    /** The status, or 0 if the agent did not answer. */
    readonly status: number,
    readonly problem: Problem,
    /** The entity tag of what is there now, told with 412. */
    readonly etag?: string,
  ) {
    super(problem.detail);
  }

  /** The problem's own name: `login-required`. */
  get kind(): string {
    return this.problem.type.split('#')[1] ?? '';
  }
}

export interface Answer<T> {
  readonly body: T;
  readonly status: number;
  readonly etag?: string;
}

export interface Request {
  readonly query?: Record<string, string | number | undefined>;
  readonly body?: unknown;
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

/** No answer of the agent takes longer; then it is lost. */
const TIMEOUT_MS = 30_000;

export class Api {
  root = '';
  /** Called when a request was refused for want of a login, or because nobody can log in. */
  onRefused: (error: ApiError) => void = () => {};

  constructor(place: Place) {
    this.move(place);
  }

  /** From here on requests go there. */
  move(place: Place): void {
    this.root = place.agent ? `${place.base}/agents/${encodeURIComponent(place.agent)}` : place.base;
  }

  /** The address of a path with its query. */
  url(path: string, query: Request['query'] = {}): string {
    const known = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
    const text = new URLSearchParams(known).toString();
    return `${this.root}${path}${text && '?'}${text}`;
  }

  async get<T>(path: string, request: Request = {}): Promise<T> {
    return (await this.send<T>('GET', path, request)).body;
  }

  async post<T>(path: string, body?: unknown, request: Request = {}): Promise<T> {
    return (await this.send<T>('POST', path, { ...request, body })).body;
  }

  /** One exchange; throws an [`ApiError`]. */
  async send<T>(method: string, path: string, request: Request = {}): Promise<Answer<T>> {
    const headers = new Headers({ accept: 'application/json' });
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (request.body !== undefined) {
      headers.set('content-type', 'application/json');
      init.body = JSON.stringify(request.body);
    }
    if (request.etag !== undefined) headers.set('if-match', request.etag);
    init.signal = withTimeout(request.signal);
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(this.url(path, request.query), init);
      body = json(await response.text());
    } catch (cause) {
      if (request.signal?.aborted) throw cause;
      throw new ApiError(0, problem(0, 'The agent does not answer'));
    }
    const etag = response.headers.get('etag') ?? undefined;
    if (!response.ok) {
      const told = isProblem(body) ? body : problem(response.status, `The agent answered with status ${response.status}`);
      const error = new ApiError(response.status, told, etag);
      if (response.status === 401 || NOBODY_IS_LET_IN.has(error.kind)) this.onRefused(error);
      throw error;
    }
    return { body: body as T, status: response.status, ...(etag && { etag }) };
  }
}

/** Refusals that no other rights would help against. */
const NOBODY_IS_LET_IN: ReadonlySet<string> = new Set(['setup-required', 'password-unusable']);

/** Ends with the caller's signal or after [`TIMEOUT_MS`]. `AbortSignal.any` is too new for some browsers. */
function withTimeout(signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  if (!signal) return timeout;
  const either = new AbortController();
  for (const one of [signal, timeout]) {
    if (one.aborted) either.abort(one.reason);
    one.addEventListener('abort', () => either.abort(one.reason), { once: true });
  }
  return either.signal;
}

function json(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && 'detail' in body;
}

function problem(status: number, detail: string): Problem {
  return { type: 'about:blank', title: detail, status, detail };
}

/** What went wrong, in one sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
