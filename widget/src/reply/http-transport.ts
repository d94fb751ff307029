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
import { ChatError, toChatError } from './errors.js';
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

/** An answer, or its first event, that takes longer is given up. */
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
  /** Undefined until the server has answered. */
  #v1: boolean | undefined;

  constructor(options: HttpTransportOptions) {
    this.#src = options.src.replace(/\/+$/, '');
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async *open(sessionId: string, request: ReplyRequest, signal: AbortSignal): AsyncGenerator<readonly Received[]> {
    const connection = new AbortController();
    const leave = () => connection.abort();
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    const watchdog = new Watchdog(this.#clock, () => connection.abort(STALLED));
    try {
      watchdog.expectWithin(this.#options.stallTimeoutMs ?? ANSWER_TIMEOUT_MS);
      const response = await this.#request(this.#path(sessionId, request), this.#init(request), connection.signal);
      if (response.status === 204) return void (yield [{ kind: 'nothing-left' }]);
      await this.#checkStream(response);
      yield [{ kind: 'opened', v1: this.#v1 === true }];
      if (response.body) yield* this.#read(response.body, watchdog, request);
    } catch (error) {
      if (signal.aborted) throw new ChatError('aborted', 'The request was given up by this page.');
      if (connection.signal.reason === STALLED) {
        throw new ChatError('stalled', 'The server was silent for too long.', { retryable: true, cause: error });
      }
      throw toChatError(error);
    } finally {
      watchdog.rest();
      signal.removeEventListener('abort', leave);
      connection.abort();
    }
  }

  async stop(sessionId: string, messageId: string): Promise<StopResult> {
    const path = `${sessionPath(sessionId)}/messages/${encodeURIComponent(messageId)}/stop`;
    const response = await this.#request(path, { method: 'POST' }).catch((error: unknown) => {
      throw toChatError(error);
    });
    if (!response.ok) throw await errorOfResponse(response);
    const body: unknown = isJson(response) ? JSON.parse(await readBounded(response)) : undefined;
    const fields = typeof body === 'object' && body !== null ? body : {};
    const isComplete = 'status' in fields && fields.status === 'complete';
    return { isComplete, ...('length' in fields && typeof fields.length === 'number' && { length: fields.length }) };
  }

  async history(sessionId: string, signal: AbortSignal): Promise<Snapshot> {
    try {
      const response = await this.#request(`${sessionPath(sessionId)}/messages?limit=200`, {}, signal);
      if (!response.ok) throw await errorOfResponse(response);
      const snapshot = isJson(response) ? parseSnapshot(await response.json()) : undefined;
      if (!snapshot) throw wrongAddress(response);
      return snapshot;
    } catch (error) {
      throw await this.#explain(error, signal);
    }
  }

  async mayRepeat(signal: AbortSignal): Promise<boolean> {
    if (this.#v1 !== undefined) return this.#v1;
    try {
      await this.#request('/config', {}, signal);
    } catch (error) {
      throw await this.#explain(error, signal);
    }
    return this.#v1 === true;
  }

  async *#read(
    body: ReadableStream<Uint8Array>,
    watchdog: Watchdog,
    request: ReplyRequest,
  ): AsyncGenerator<readonly Received[]> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser({ lastEventId: request.kind === 'resume' ? String(request.after) : '' });
    let retryMs: number | undefined;
    let silenceMs = this.#options.stallTimeoutMs ?? ANSWER_TIMEOUT_MS;
    try {
      for (;;) {
        watchdog.expectWithin(silenceMs);
        const { done, value } = await reader.read();
        const batch: Received[] = [];
        for (const message of done ? parser.end() : parser.push(decoder.decode(value, { stream: true }))) {
          const received = receivedOf(message.data, message.id);
          if (received) batch.push(received);
          if (received?.kind !== 'event' || received.event.type !== 'start') continue;
          const { heartbeatMs } = received.event;
          silenceMs = this.#options.stallTimeoutMs ?? (heartbeatMs ?? Infinity) * HEARTBEATS_MISSED;
        }
        if (parser.retryMs !== undefined && parser.retryMs !== retryMs) {
          retryMs = parser.retryMs;
          batch.push({ kind: 'retry', retryMs });
        }
        if (batch.length > 0) {
          // The page may take its time with a batch: that is not the server's silence.
          watchdog.rest();
          yield batch;
        }
        if (done) return;
      }
    } catch (error) {
      if (!(error instanceof SseParserError)) throw error;
      throw new ChatError('event_too_large', error.message, { cause: error });
    }
  }

  async #request(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const send = this.#options.fetch ?? fetch;
    const response = await send(`${this.#src}${path}`, {
      cache: 'no-store',
      credentials: this.#options.credentials ?? 'same-origin',
      ...init,
      ...(signal && { signal }),
    });
    // A refused request says nothing of what a good one would get; a seed server's answer never has the header.
    if (response.headers.has(VERSION_HEADER)) this.#v1 = true;
    else if (response.ok) this.#v1 ??= false;
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
    if (response.status === 200 && /^text\/event-stream\s*(;|$)/i.test(type)) return;
    throw new ChatError(
      'not_a_stream',
      `${response.url} answered ${response.status} with "${type}", not with a stream of events. Check the "src" attribute, and that no proxy or login page stands in between.`,
      { status: response.status },
    );
  }

  /**
   * A browser tells a page nothing of why a request failed. Where the server was never reached, one request that needs
   * no permission tells a refusal (CORS) from a dead line.
   */
  async #explain(error: unknown, signal: AbortSignal): Promise<ChatError> {
    if (signal.aborted) return new ChatError('aborted', 'The request was given up by this page.');
    if (error instanceof ChatError || this.#v1 !== undefined) return toChatError(error);
    const send = this.#options.fetch ?? fetch;
    const reachable = await send(`${this.#src}/healthz`, { mode: 'no-cors', cache: 'no-store', signal }).then(
      () => true,
      () => false,
    );
    if (!reachable) return toChatError(error);
    return new ChatError(
      'cors_refused',
      `${this.#src} answers, but does not let pages of ${globalThis.location?.origin} read it. Add this origin to the server's "origins" (it must send Access-Control-Allow-Origin).`,
      { cause: error },
    );
  }
}

const STALLED = Symbol('stalled');

/** Fires once nothing was heard for the time that was last agreed on. */
class Watchdog {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  #cancel: () => void = () => {};

  constructor(clock: Clock, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  expectWithin(delayMs: number): void {
    this.#cancel();
    this.#cancel = delayMs === Infinity ? () => {} : this.#clock.after(delayMs, this.#onSilence);
  }

  rest(): void {
    this.#cancel();
  }
}

const sessionPath = (sessionId: string): string => `/sessions/${encodeURIComponent(sessionId)}`;

const isJson = (response: Response): boolean =>
  /^application\/json\b/i.test(response.headers.get('Content-Type') ?? '');

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
