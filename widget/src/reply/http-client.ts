import { VERSION_HEADER } from '../protocol/index.js';
import { type Clock, systemClock } from './clock.js';
import { Connection } from './connection.js';
import { ChatError } from './errors.js';
import { sessionIdOf } from './http-requests.js';
import { type GetToken, PageToken } from './page-token.js';
import { PageLimits, pageOrigin, pageUrl } from './page-limits.js';

/** Which server is spoken to, and how. */
export interface HttpTransportOptions {
  /** Base URL of the server; `{src}/sessions/…` are its endpoints. */
  readonly src: string;
  /** Default: the global `fetch`, looked up at each call. */
  readonly fetch?: typeof fetch;
  readonly credentials?: RequestCredentials;
  /** Silence after which the connection counts as dead, in milliseconds. Default: 2.5 of the server's heartbeats. */
  readonly stallTimeoutMs?: number | undefined;
  /** Asked for the token of all requests, and again where that is refused (401). Default: none is sent. */
  readonly getToken?: GetToken;
  /** By their sessions' ids: the tokens of those that the server began. Filled by `begin`. Default: one of its own. */
  readonly sessionTokens?: Map<string, string>;
  readonly clock?: Clock;
}

/** An answer, or its first event, that takes longer is given up; also a silence where the server's promise is unknown. */
export const ANSWER_TIMEOUT_MS = 30_000;
const CORS_ROUNDS = 3;

/** One server, as far as requests to it are concerned: what it has shown it can do, and why it cannot be reached. */
export class HttpClient {
  /** The server has shown that it takes repeats and resumptions. */
  isV1 = false;
  readonly #src: string;
  readonly #options: HttpTransportOptions;
  readonly #clock: Clock;
  readonly #pageToken: PageToken;
  readonly sessionTokens: Map<string, string>;

  constructor(options: HttpTransportOptions) {
    this.#src = options.src.replace(/\/+$/, '');
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pageToken = new PageToken(options.getToken ?? (() => undefined));
    this.sessionTokens = options.sessionTokens ?? new Map();
  }

  /** A connection whose answer is awaited from now on. */
  connect(signal?: AbortSignal): Connection {
    const connection = new Connection(this.#clock, signal);
    connection.expectWithin(this.#options.stallTimeoutMs ?? ANSWER_TIMEOUT_MS);
    return connection;
  }

  async request(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const own = this.sessionTokens.get(sessionIdOf(path));
    const token = own ?? (await heeding(this.#pageToken.get(signal), signal));
    const response = await this.#send(path, withToken(init, token), signal);
    if (response.status !== 401 || own !== undefined) return response;
    // Refused before anything was done: with another token it is no repeat.
    const other = await heeding(this.#pageToken.renew(token, signal), signal);
    if (other === undefined) return response;
    void response.body?.cancel().catch(() => {});
    return this.#send(path, withToken(init, other), signal);
  }

  async #send(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const send = this.#options.fetch ?? fetch;
    const url = `${this.#src}${path}`;
    const limits = new PageLimits(url, this.#src, this.#clock);
    try {
      const credentials = this.#options.credentials ?? 'same-origin';
      const response = await heeding(send(url, { cache: 'no-store', credentials, ...init, signal }), signal, drop);
      if (response.headers.has(VERSION_HEADER)) this.isV1 = true;
      return response;
    } catch (error) {
      if (signal.aborted) throw error;
      // A server that was understood before was not kept away by the page.
      throw (this.isV1 ? undefined : await limits.obstacle(error)) ?? this.#unreachable(url, error);
    } finally {
      limits.close();
    }
  }

  /**
   * A browser tells a page nothing of why a request failed. A server that was never understood, and that refuses what
   * needs its permission while it answers what needs none, refuses this page (CORS). Asked more than once: on a line
   * that is cut now and then, one such pair may be chance.
   */
  async explain(failure: ChatError, signal: AbortSignal): Promise<ChatError> {
    if (failure.code !== 'network' || this.isV1 || !this.#isForeign()) return failure;
    for (let round = 0; round < CORS_ROUNDS; round++) {
      const answers = await this.#reaches('/healthz', { mode: 'no-cors' }, signal);
      if (!answers || (await this.#reaches('/config', {}, signal))) return failure;
    }
    const page = pageOrigin() ?? 'this origin';
    return new ChatError(
      'cors_refused',
      `${this.#src} answers, but does not let pages of ${page} read it. Add ${page} to the server's "origins" (it must send Access-Control-Allow-Origin).`,
      { cause: failure },
    );
  }

  async #reaches(path: string, init: RequestInit, signal: AbortSignal): Promise<boolean> {
    const connection = this.connect(signal);
    return this.request(path, init, connection.signal)
      .then(
        () => true,
        () => false,
      )
      .finally(() => connection.close());
  }

  /** A browser says no more than that; what it may be is said here. */
  #unreachable(url: string, cause: unknown): ChatError {
    if (!URL.canParse(url, pageUrl() ?? 'http://localhost')) {
      return new ChatError('wrong_address', `"${this.#src}" is no URL. Correct the "src" attribute.`, { cause });
    }
    return new ChatError(
      'network',
      `${url} could not be reached. Is the server running, is "src" right, does the page's policy (connect-src) allow it, and is it https on an https page?`,
      { retryable: true, cause },
    );
  }

  /** The server's origin is another than the page's, or the page's is unknown. */
  #isForeign(): boolean {
    const page = pageUrl();
    return page === undefined || new URL(this.#src || '/', page).origin !== pageOrigin();
  }
}

const withToken = (init: RequestInit, token: string | undefined): RequestInit =>
  token === undefined ? init : { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } };

const drop = ({ body }: Response) => body?.cancel();

/** What the page answers, or the signal's end: what the page has put around `fetch` may have dropped the signal. */
async function heeding<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  dropLate: (late: T) => unknown = () => {},
): Promise<T> {
  let leave = () => {};
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => {
      reject(signal.reason as Error);
      // What comes after all is not read.
      Promise.resolve(answer)
        .then(dropLate)
        .catch(() => {});
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([answer, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
