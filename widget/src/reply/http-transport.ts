import {
  EVENT_STREAM_MEDIA_TYPE,
  parseChatEvent,
  parseSnapshot,
  PROTOCOL_VERSION,
  type Snapshot,
  SseParser,
  SseParserError,
  VERSION_HEADER,
} from '../protocol/index.js';
import { type Clock, systemClock } from './clock.js';
import { Connection } from './connection.js';
import { ChatError } from './errors.js';
import { errorOfResponse, readBounded } from './http-errors.js';
import type { Received, ReplyRequest, StopResult, Transport } from './transport.js';

export interface HttpTransportOptions {
  /** Base URL of the server; `{src}/sessions/…` are its endpoints. */
  readonly src: string;
  /** Default: the global `fetch`, looked up at each call. */
  readonly fetch?: typeof fetch;
  readonly credentials?: RequestCredentials;
  /** Silence after which the connection counts as dead, in milliseconds. Default: 2.5 of the server's heartbeats. */
  readonly stallTimeoutMs?: number | undefined;
  readonly clock?: Clock;
}

/** An answer, or its first event, that takes longer is given up; also a silence where the server's promise is unknown. */
const ANSWER_TIMEOUT_MS = 30_000;
const HEARTBEATS_MISSED = 2.5;

const STREAM_ACCEPT = `${EVENT_STREAM_MEDIA_TYPE};v=${PROTOCOL_VERSION}`;

/**
 * The protocol over `fetch`. Sends no header that a server must allow beyond `Content-Type`: the version is asked for in
 * `Accept`, the key travels in the body and the cursor in the query, so it passes the CORS preflight of any server.
 */
export class HttpTransport implements Transport {
  readonly #src: string;
  readonly #options: HttpTransportOptions;
  readonly #clock: Clock;
  /** The server has shown that it takes repeats and resumptions. */
  #isV1 = false;
  /** The silence that was last announced: a resumed reply's `start` lies in an earlier connection. */
  #silenceMs = ANSWER_TIMEOUT_MS;

  constructor(options: HttpTransportOptions) {
    this.#src = options.src.replace(/\/+$/, '');
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async *open(sessionId: string, request: ReplyRequest, signal: AbortSignal): AsyncGenerator<readonly Received[]> {
    const connection = this.#connect(signal);
    try {
      const response = await this.#request(this.#path(sessionId, request), this.#init(request), connection.signal);
      if (response.status === 204 && request.kind === 'resume') return void (yield [{ kind: 'nothing-left' }]);
      await this.#checkStream(response);
      yield [{ kind: 'opened', v1: this.#isV1 }];
      if (response.body) yield* this.#read(response.body, connection, request);
    } catch (error) {
      throw connection.failure(error);
    } finally {
      connection.close();
    }
  }

  async stop(sessionId: string, messageId: string): Promise<StopResult> {
    const path = `${sessionPath(sessionId)}/messages/${encodeURIComponent(messageId)}/stop`;
    const connection = this.#connect();
    try {
      const response = await this.#request(path, { method: 'POST' }, connection.signal);
      if (!response.ok) throw await errorOfResponse(response);
      const body = await readJson(response);
      const fields = typeof body === 'object' && body !== null ? body : {};
      const isComplete = 'status' in fields && fields.status === 'complete';
      return { isComplete, ...('length' in fields && typeof fields.length === 'number' && { length: fields.length }) };
    } catch (error) {
      throw connection.failure(error);
    } finally {
      connection.close();
    }
  }

  async history(sessionId: string, signal: AbortSignal): Promise<Snapshot> {
    const connection = this.#connect(signal);
    try {
      const response = await this.#request(`${sessionPath(sessionId)}/messages?limit=200`, {}, connection.signal);
      if (!response.ok) throw await errorOfResponse(response);
      const snapshot = parseSnapshot(await readJson(response));
      if (!snapshot) throw wrongAddress(response);
      return snapshot;
    } catch (error) {
      throw await this.#explain(connection.failure(error), signal);
    } finally {
      connection.close();
    }
  }

  async mayRepeat(signal: AbortSignal): Promise<boolean> {
    if (this.#isV1) return true;
    const connection = this.#connect(signal);
    try {
      const response = await this.#request('/config', {}, connection.signal);
      await readBounded(response);
      if (!this.#isV1 && !response.headers.has('Content-Type')) throw truncated(response);
    } catch (error) {
      throw await this.#explain(connection.failure(error), signal);
    } finally {
      connection.close();
    }
    return this.#isV1;
  }

  async *#read(
    body: ReadableStream<Uint8Array>,
    connection: Connection,
    request: ReplyRequest,
  ): AsyncGenerator<readonly Received[]> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser({ lastEventId: request.kind === 'resume' ? String(request.after) : '' });
    let retryMs: number | undefined;
    const { stallTimeoutMs } = this.#options;
    let silenceMs = stallTimeoutMs ?? (request.kind === 'resume' ? this.#silenceMs : ANSWER_TIMEOUT_MS);
    try {
      for (;;) {
        connection.expectWithin(silenceMs);
        const { done, value } = await reader.read();
        const batch: Received[] = [];
        for (const message of done ? parser.end() : parser.push(decoder.decode(value, { stream: true }))) {
          const received = receivedOf(message.data, message.id);
          if (received) batch.push(received);
          if (received?.kind !== 'event' || received.event.type !== 'start') continue;
          this.#silenceMs = (received.event.heartbeatMs || Infinity) * HEARTBEATS_MISSED;
          silenceMs = stallTimeoutMs ?? this.#silenceMs;
        }
        if (parser.retryMs !== undefined && parser.retryMs !== retryMs) {
          retryMs = parser.retryMs;
          batch.push({ kind: 'retry', retryMs });
        }
        if (batch.length > 0) {
          // The page may take its time with a batch: that is not the server's silence.
          connection.rest();
          yield batch;
        }
        if (done) return;
      }
    } catch (error) {
      if (!(error instanceof SseParserError)) throw error;
      throw new ChatError('event_too_large', error.message, { cause: error });
    }
  }

  /** A connection whose answer is awaited from now on. */
  #connect(signal?: AbortSignal): Connection {
    const connection = new Connection(this.#clock, signal);
    connection.expectWithin(this.#options.stallTimeoutMs ?? ANSWER_TIMEOUT_MS);
    return connection;
  }

  async #request(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const send = this.#options.fetch ?? fetch;
    const response = await send(`${this.#src}${path}`, {
      cache: 'no-store',
      credentials: this.#options.credentials ?? 'same-origin',
      ...init,
      signal,
    });
    if (response.headers.has(VERSION_HEADER)) this.#isV1 = true;
    return response;
  }

  #path(sessionId: string, request: ReplyRequest): string {
    const messages = `${sessionPath(sessionId)}/messages`;
    if (request.kind === 'send') return `${messages}/stream`;
    const message = `${messages}/${encodeURIComponent(request.messageId)}`;
    return request.kind === 'regenerate' ? `${message}/regenerate` : `${message}/stream?after=${request.after}`;
  }

  #init(request: ReplyRequest): RequestInit {
    const headers = { Accept: STREAM_ACCEPT };
    if (request.kind === 'resume') return { headers };
    const body =
      request.kind === 'send' ? { role: 'user', ...request.message } : { clientMessageId: request.clientMessageId };
    return {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    };
  }

  async #checkStream(response: Response): Promise<void> {
    if (!response.ok) throw await errorOfResponse(response);
    const type = response.headers.get('Content-Type') ?? '';
    if (response.status === 200) {
      if (/^text\/event-stream\s*(;|$)/i.test(type)) return;
      if (EVENT_STREAM_MEDIA_TYPE.startsWith(type.toLowerCase())) throw truncated(response);
    }
    throw new ChatError(
      'not_a_stream',
      `${response.url} answered ${response.status} with "${type}", not with a stream of events. Check the "src" attribute, and that no proxy or login page stands in between.`,
      { status: response.status },
    );
  }

  /**
   * A browser tells a page nothing of why a request failed. A server that was never understood, and that refuses what
   * needs its permission while it answers what needs none, refuses this page (CORS). Asked more than once: on a line
   * that is cut now and then, one such pair may be chance.
   */
  async #explain(failure: ChatError, signal: AbortSignal): Promise<ChatError> {
    if (failure.code !== 'network' || this.#isV1 || !this.#isForeign()) return failure;
    for (let round = 0; round < CORS_ROUNDS; round++) {
      const answers = await this.#reaches('/healthz', { mode: 'no-cors' }, signal);
      if (!answers || (await this.#reaches('/config', {}, signal))) return failure;
    }
    const page = globalThis.location?.origin ?? 'this origin';
    return new ChatError(
      'cors_refused',
      `${this.#src} answers, but does not let pages of ${page} read it. Add ${page} to the server's "origins" (it must send Access-Control-Allow-Origin).`,
      { cause: failure },
    );
  }

  async #reaches(path: string, init: RequestInit, signal: AbortSignal): Promise<boolean> {
    const connection = this.#connect(signal);
    return this.#request(path, init, connection.signal)
      .then(
        () => true,
        () => false,
      )
      .finally(() => connection.close());
  }

  /** The server's origin is another than the page's, or the page's is unknown. */
  #isForeign(): boolean {
    const page = globalThis.location?.href;
    return page === undefined || new URL(this.#src || '/', page).origin !== new URL(page).origin;
  }
}

const CORS_ROUNDS = 3;

const sessionPath = (sessionId: string): string => `/sessions/${encodeURIComponent(sessionId)}`;

/**
 * A connection that ends within the headers: a browser takes what arrived of them for all (Chromium 156, on FIN). Of a
 * whole answer the media type is known.
 */
const truncated = (response: Response): ChatError =>
  new ChatError('cut', `${response.url} answered ${response.status}, but its headers were cut off.`, {
    retryable: true,
  });

/** The body of a JSON answer; undefined where it is something else. */
async function readJson(response: Response): Promise<unknown> {
  if (!/^application\/json\b/i.test(response.headers.get('Content-Type') ?? '')) return undefined;
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const wrongAddress = (response: Response): ChatError =>
  new ChatError('wrong_address', `${response.url} is not an endpoint of a chat server. Check the "src" attribute.`, {
    status: response.status,
  });

function receivedOf(data: string, id: string): Received | undefined {
  const parsed = parseChatEvent(data);
  switch (parsed.kind) {
    case 'event': {
      const { event } = parsed;
      return /^\d{1,15}$/.test(id) ? { kind: 'event', event, id: Number(id) } : { kind: 'event', event };
    }
    case 'malformed':
      return { kind: 'skipped', reason: parsed.reason };
    case 'unknown':
      return undefined;
  }
}
