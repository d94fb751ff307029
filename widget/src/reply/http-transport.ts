import {
  EVENT_STREAM_MEDIA_TYPE,
  parseSnapshot,
  PROTOCOL_VERSION,
  type Snapshot,
  SseParser,
  SseParserError,
  VERSION_HEADER,
} from '../protocol/index.js';
import { readBounded, readJson } from './answers.js';
import type { Connection } from './connection.js';
import { ChatError, unsupportedProtocol } from './errors.js';
import { ANSWER_TIMEOUT_MS, HttpClient, type HttpTransportOptions } from './http-client.js';
import { errorOfResponse, MAX_PROBLEM_LENGTH } from './http-errors.js';
import { BEGIN_REQUEST, begunOf, feedbackRequest, historyPath, initOf, pathOf, sessionPath } from './http-requests.js';
import { receivedOf, receivedOfPoll } from './received.js';
import type { HistoryPage, Received, ReplyRequest, StopResult, Transport, Vote } from './transport.js';

const HEARTBEATS_MISSED = 2.5;
/**
 * `start` is sent at once, so a stream of which nothing comes for so long is held back on its way. (nginx with buffering
 * on holds the headers back as well.)
 */
const HELD_BACK_MS = 5_000;
/** Seconds a poll waits at the server: below the answer's time-out here, and those of common proxies. */
const POLL_WAIT_S = 20;

/**
 * The protocol over `fetch`. Sends no header that a server must allow beyond `Content-Type`: the version is asked for in
 * `Accept`, the key travels in the body and the cursor in the query, so it passes the CORS preflight of any server.
 */
export class HttpTransport implements Transport {
  readonly #client: HttpClient;
  readonly #stallTimeoutMs: number | undefined;
  /** The silence that was last announced: a resumed reply's `start` lies in an earlier connection. */
  #silenceMs = ANSWER_TIMEOUT_MS;

  constructor(options: HttpTransportOptions) {
    this.#client = new HttpClient(options);
    this.#stallTimeoutMs = options.stallTimeoutMs;
  }

  async *open(sessionId: string, request: ReplyRequest, signal: AbortSignal): AsyncGenerator<readonly Received[]> {
    const connection = this.#client.connect(signal);
    let heldBack: string | undefined;
    try {
      const answer = this.#client.request(pathOf(sessionId, request), initOf(request), connection.signal);
      const response = await this.#answerOrReply(answer, sessionId, request, connection);
      if (typeof response === 'string') heldBack = response;
      else {
        if (response.status === 204 && request.kind === 'resume') return void (yield [{ kind: 'nothing-left' }]);
        await this.#checkStream(response);
        yield [{ kind: 'opened', v1: this.#client.isV1 }];
        const messageId = request.kind === 'resume' ? request.messageId : messageOf(response);
        if (response.body) heldBack = yield* this.#read(response.body, connection, request, messageId);
      }
    } catch (error) {
      throw connection.failure(error);
    } finally {
      connection.close();
    }
    if (heldBack !== undefined)
      yield* this.#poll(sessionId, heldBack, request.kind === 'resume' ? request.after : 0, signal);
  }

  async stop(sessionId: string, messageId: string, length: number): Promise<StopResult> {
    const path = `${sessionPath(sessionId)}/messages/${encodeURIComponent(messageId)}/stop?length=${length}`;
    const connection = this.#client.connect();
    try {
      const response = await this.#client.request(path, { method: 'POST' }, connection.signal);
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

  async begin(refusal: ChatError, signal: AbortSignal): Promise<string | undefined> {
    // Elsewhere a session's id is its secret, and its first message begins it.
    if (!refusal.mustBegin) return undefined;
    const connection = this.#client.connect(signal);
    try {
      const response = await this.#client.request(...BEGIN_REQUEST, connection.signal);
      if (!response.ok) throw await errorOfResponse(response);
      const begun = begunOf(await readJson(response));
      if (!begun) throw wrongAddress(response);
      if (begun.token !== undefined) this.#client.sessionTokens.set(begun.id, begun.token);
      return begun.id;
    } catch (error) {
      throw connection.failure(error);
    } finally {
      connection.close();
    }
  }

  async feedback(sessionId: string, messageId: string, vote: Vote): Promise<void> {
    const connection = this.#client.connect();
    try {
      const response = await this.#client.request(...feedbackRequest(sessionId, messageId, vote), connection.signal);
      if (!response.ok) throw await errorOfResponse(response);
    } catch (error) {
      throw connection.failure(error);
    } finally {
      connection.close();
    }
  }

  async history(sessionId: string, signal: AbortSignal, page?: HistoryPage): Promise<Snapshot> {
    const connection = this.#client.connect(signal);
    try {
      const response = await this.#client.request(historyPath(sessionId, page), {}, connection.signal);
      if (!response.ok) throw await errorOfResponse(response);
      const snapshot = parseSnapshot(await readJson(response));
      if (!snapshot) throw wrongAddress(response);
      return snapshot;
    } catch (error) {
      throw await this.#client.explain(connection.failure(error), signal);
    } finally {
      connection.close();
    }
  }

  async mayRepeat(signal: AbortSignal): Promise<boolean> {
    if (this.#client.isV1) return true;
    const connection = this.#client.connect(signal);
    try {
      const response = await this.#client.request('/config', {}, connection.signal);
      // A gateway's refusal says nothing of the server behind it.
      const refusal = response.ok ? undefined : await errorOfResponse(response);
      if (refusal?.retryable && !this.#client.isV1) throw refusal;
      if (response.ok) await readBounded(response, MAX_PROBLEM_LENGTH);
      if (!this.#client.isV1 && !response.headers.has('Content-Type')) throw truncated(response);
    } catch (error) {
      throw await this.#client.explain(connection.failure(error), signal);
    } finally {
      connection.close();
    }
    return this.#client.isV1;
  }

  async *#read(
    body: ReadableStream<Uint8Array>,
    connection: Connection,
    request: ReplyRequest,
    messageId: string | undefined,
  ): AsyncGenerator<readonly Received[], string | undefined> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser({ lastEventId: request.kind === 'resume' ? String(request.after) : '' });
    let retryMs: number | undefined;
    const stallTimeoutMs = this.#stallTimeoutMs;
    let silenceMs = stallTimeoutMs ?? (request.kind === 'resume' ? this.#silenceMs : ANSWER_TIMEOUT_MS);
    let mayBeHeldBack = this.#client.isV1 && messageId !== undefined;
    // Also where a page's wrapper around `fetch` has dropped the signal.
    connection.signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), { once: true });
    try {
      for (;;) {
        connection.expectWithin(silenceMs);
        const read = reader.read();
        const result = mayBeHeldBack ? await connection.inTime(read, HELD_BACK_MS) : await read;
        if (!result) return messageId;
        mayBeHeldBack = false;
        const { done, value } = result;
        if (done) connection.signal.throwIfAborted();
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
        if (done) return undefined;
      }
    } catch (error) {
      if (!(error instanceof SseParserError)) throw error;
      throw new ChatError('event_too_large', error.message, { cause: error });
    }
  }

  /** The answer; or the reply it is of, where it is overdue and the server has that: then only the way back is slow. */
  async #answerOrReply(
    answer: Promise<Response>,
    sessionId: string,
    request: ReplyRequest,
    connection: Connection,
  ): Promise<Response | string> {
    for (;;) {
      const response = await connection.inTime(answer, HELD_BACK_MS);
      if (response) return response;
      const search = this.#client.connect(connection.signal);
      try {
        // The answer may come while it is looked for.
        const first = await Promise.race([answer, this.#find(sessionId, request, search.signal)]);
        if (first !== undefined) return first;
      } finally {
        search.close();
      }
    }
  }

  /** The reply to a request, where the server has it. */
  async #find(sessionId: string, request: ReplyRequest, signal: AbortSignal): Promise<string | undefined> {
    if (request.kind === 'resume') return this.#client.isV1 ? request.messageId : undefined;
    const key = request.kind === 'send' ? request.message.clientMessageId : request.clientMessageId;
    try {
      const { data } = await this.history(sessionId, signal);
      return data.find(({ role, clientMessageId }) => role === 'assistant' && clientMessageId === key)?.id;
    } catch {
      return undefined; // not now: the answer itself may still come, or fail
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
    yield [{ kind: 'opened', v1: true }, { kind: 'polling' }];
    const path = `${sessionPath(sessionId)}/messages/${encodeURIComponent(messageId)}`;
    for (let cursor = after; ;) {
      const connection = this.#client.connect(signal);
      try {
        const response = await this.#client.request(
          `${path}?after=${cursor}&wait=${POLL_WAIT_S}`,
          {},
          connection.signal,
        );
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

  async #checkStream(response: Response): Promise<void> {
    if (!response.ok) throw await errorOfResponse(response);
    const type = response.headers.get('Content-Type') ?? '';
    if (response.status === 200) {
      const version = Number.parseInt(response.headers.get(VERSION_HEADER) ?? '', 10);
      if (version > PROTOCOL_VERSION) throw unsupportedProtocol(version);
      if (/^text\/event-stream\s*(;|$)/i.test(type)) return;
      if (EVENT_STREAM_MEDIA_TYPE.startsWith(type.toLowerCase())) throw truncated(response);
    }
    throw new ChatError(
      'not_a_stream',
      `${response.url} answered ${response.status} with "${type}", not with a stream of events. Check the "src" attribute, and that no proxy or login page stands in between.`,
      { status: response.status },
    );
  }
}

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

const wrongAddress = (response: Response): ChatError =>
  new ChatError('wrong_address', `${response.url} is not an endpoint of a chat server. Check the "src" attribute.`, {
    status: response.status,
  });
