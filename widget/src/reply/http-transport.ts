import {
  EVENT_STREAM_MEDIA_TYPE,
  parseSnapshot,
  type Snapshot,
  SseParser,
  SseParserError,
  VERSION_HEADER,
} from '../protocol/index.js';
import { type Clock, systemClock } from './clock.js';
import { Connection } from './connection.js';
import { ChatError } from './errors.js';
import { errorOfResponse, readBounded } from './http-errors.js';
import { initOf, pathOf, sessionPath } from './http-requests.js';
import { receivedOf, receivedOfPoll } from './received.js';
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
/** `start` is sent at once, so a stream of which nothing comes for so long is held back on its way. */
const HELD_BACK_MS = 5_000;
/** Seconds a poll waits at the server: below the answer's time-out here, and those of common proxies. */
const POLL_WAIT_S = 20;

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
      const response = await this.#request(pathOf(sessionId, request), initOf(request), connection.signal);
      if (response.status === 204 && request.kind === 'resume') return void (yield [{ kind: 'nothing-left' }]);
      await this.#checkStream(response);
      yield [{ kind: 'opened', v1: this.#isV1 }];
      const messageId = request.kind === 'resume' ? request.messageId : messageOf(response);
      const canPoll = this.#isV1 && messageId !== undefined;
      if (response.body) yield* this.#read(response.body, connection, request, canPoll);
      if (!canPoll || !connection.isHeldBack) return;
      const after = request.kind === 'resume' ? request.after : 0;
      connection.close();
      yield* this.#poll(sessionId, messageId, after, signal);
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
    canPoll: boolean,
  ): AsyncGenerator<readonly Received[]> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser({ lastEventId: request.kind === 'resume' ? String(request.after) : '' });
    let retryMs: number | undefined;
    const { stallTimeoutMs } = this.#options;
    let silenceMs = stallTimeoutMs ?? (request.kind === 'resume' ? this.#silenceMs : ANSWER_TIMEOUT_MS);
    let isFirst = canPoll;
    try {
      for (;;) {
        connection.expectWithin(silenceMs);
        const { done, value } = await (isFirst ? connection.orHeldBack(reader.read(), HELD_BACK_MS) : reader.read());
        isFirst = false;
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
        // The page may take its time with a batch: that is not the server's silence.
        connection.rest();
        if (!done || batch.length > 0) yield batch;
        if (done) return;
      }
    } catch (error) {
      if (!(error instanceof SseParserError)) throw error;
      throw new ChatError('event_too_large', error.message, { cause: error });
    }
  }

  /**
   * The stream is held back on its way, by a proxy that gathers whole answers: what it would bring is asked for piece by
   * piece, each a whole answer. Ends when the reply has.
   */
  async *#poll(
    sessionId: string,
    messageId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Received[]> {
    yield [{ kind: 'polling' }];
    const path = `${sessionPath(sessionId)}/messages/${encodeURIComponent(messageId)}`;
    for (let cursor = after; ;) {
      const connection = this.#connect(signal);
      try {
        const response = await this.#request(`${path}?after=${cursor}&wait=${POLL_WAIT_S}`, {}, connection.signal);
        if (!response.ok) throw await errorOfResponse(response);
        const answer = receivedOfPoll(await readJson(response));
        if (!answer) throw wrongAddress(response);
        yield answer.batch;
        if (answer.done) return;
        for (const received of answer.batch) if (received.kind === 'event') cursor = received.id ?? cursor;
      } catch (error) {
        throw connection.failure(error);
      } finally {
        connection.close();
      }
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

/** The reply a stream is of, from its `Content-Location: …/messages/{id}/stream`: known before its first event. */
const messageOf = (response: Response): string | undefined =>
  /\/messages\/([\w:-]+)\/stream$/.exec(response.headers.get('Content-Location') ?? '')?.[1];

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
