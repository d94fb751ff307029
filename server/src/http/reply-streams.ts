import type { ErrorRequestHandler, Request, Response } from 'express';
import { VERSION_HEADER } from 'chat-stream/protocol';
import { FlushTicker } from '../replies/flush-ticker.js';
import { answerError, RETRY_AFTER_MS } from './problem.js';
import { maxLengthOf, ReplyReader } from './reply-reader.js';
import type { RouterContext } from './router-context.js';
import { SendQueue } from './send-queue.js';
import { retryFrame, type StreamMode } from './sse-frame.js';
import { SseWriter, type SseWriterOptions, STREAM_HEADERS } from './sse-writer.js';

/** The stream that a request asks for. `replayed`: the intent was known before. `reset`: the client drops what it shows of the message. */
export interface StreamOptions {
  readonly sessionId: string;
  readonly messageId: string;
  readonly mode: StreamMode;
  readonly after: number;
  readonly replayed?: boolean;
  readonly reset?: boolean;
}

/** The streams that are open: answers a request with a reply as it is generated. */
export class ReplyStreams {
  readonly #context: RouterContext;
  readonly #writing: SseWriterOptions;
  readonly #fail: ErrorRequestHandler;
  readonly #open = new Set<SseWriter>();

  constructor(context: RouterContext) {
    this.#context = context;
    const { clock, heartbeatMs, slowReaderTimeoutMs, logger, record } = context;
    this.#fail = answerError(logger, (code) => record({ type: 'refusal', code }));
    this.#writing = {
      clock,
      slowReaderTimeoutMs,
      heartbeats: new FlushTicker({ intervalMs: heartbeatMs / 3, clock }),
      sending: new SendQueue(),
      onSlowReader: () => record({ type: 'slow_reader' }),
    };
    context.replies.closing.addEventListener('abort', () => {
      for (const writer of this.#open) writer.write(retryFrame(this.#retryMs));
    });
  }

  /** Opens the stream, and is done: it goes on by itself. */
  send(request: Request, response: Response, options: StreamOptions): void {
    const { log, replies, heartbeatMs, maxUnsentBytes, record } = this.#context;
    const { sessionId, messageId, mode, after } = options;
    const cacheControl = response.get('Cache-Control') ?? STREAM_HEADERS['Cache-Control'];
    response.set({ ...STREAM_HEADERS, 'Cache-Control': cacheControl });
    if (mode === 'seed') {
      response.removeHeader(VERSION_HEADER);
    } else {
      response.set('Content-Location', `${request.baseUrl}/sessions/${sessionId}/messages/${messageId}/stream`);
      if (options.replayed) response.set('Idempotency-Replayed', 'true');
    }
    // Who asks for the head alone is no reader: nothing would ever end its answer but the reply.
    if (request.method === 'HEAD') return void response.end();
    response.flushHeaders();
    // Nobody comes after this one: the routers' ways on would live, with all they hold, as long as the stream.
    request.next = undefined;
    record({ type: 'reader_joined' });
    const leave = replies.get(messageId)?.addReader();
    const writer = new SseWriter(response, this.#writing);
    if (mode === 'v1') {
      writer.write(retryFrame(this.#retryMs));
      this.#open.add(writer);
    }
    const reader = new ReplyReader({
      log,
      sessionId,
      messageId,
      after,
      maxLength: maxLengthOf(maxUnsentBytes, response.writableHighWaterMark),
      writer,
      frames: { mode, heartbeatMs, reset: options.reset ?? false },
      onEnd: (failure) => {
        leave?.();
        this.#open.delete(writer);
        record({ type: 'reader_left' });
        if (failure !== undefined) this.#fail(failure, request, response, () => {});
      },
    });
    reader.start();
  }

  /** A server that goes down is away for a while: its readers come back later, and not all at once. */
  get #retryMs(): number {
    const { replies, retryMs } = this.#context;
    return replies.closing.aborted ? Math.max(retryMs, RETRY_AFTER_MS) : retryMs;
  }
}
