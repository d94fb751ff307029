import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { EVENT_STREAM_MEDIA_TYPE } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import type { Flushable, FlushTicker } from '../replies/flush-ticker.js';
import { chunkOf, chunkSocketOf, isPlain } from './chunks.js';
import type { Sender, SendQueue } from './send-queue.js';
import { forgetHead } from './sent-head.js';
import { HEARTBEAT_FRAME } from './sse-frame.js';

/** The same for all streams of a server: one object, so that a write touches little memory (it is what a write costs). */
export interface SseWriterOptions {
  /** A reader that has not taken all it was handed for so long is dropped. It can resume. */
  readonly slowReaderTimeoutMs: number;
  /** Called when a reader is dropped for that. */
  readonly onSlowReader?: () => void;
  readonly clock: Clock;
  /** Comes three times in the time in which a byte is to be sent. */
  readonly heartbeats: FlushTicker;
  /** Where the streams wait for each other, to send together. */
  readonly sending: SendQueue;
}

/**
 * Headers of every stream. `no-transform` and `X-Accel-Buffering` keep `compression()` and nginx from holding the whole
 * reply back to its end (measured: 1,000 ms to the first byte without them, 4 ms with).
 */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': `${EVENT_STREAM_MEDIA_TYPE}; charset=utf-8`,
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'keep-alive',
};

/** One response that is a stream of events: back-pressure, heartbeats, and one place where every way of ending meets. */
export class SseWriter implements Flushable, Sender {
  isMarked = false;
  flushedAt: number | undefined;
  readonly #response: ServerResponse;
  /** Where it may be written to without the response. */
  readonly #socket: Socket | undefined;
  readonly #options: SseWriterOptions;
  /** Written, and not sent yet. */
  #unsent = '';
  /** How often the ticker has come since the last write. */
  #quietTicks = 0;
  #onChange: () => void = nothing;
  #cancelSlow: () => void = nothing;
  #closed = false;
  /** As the response says, without asking it each time. */
  #isReady: boolean;

  constructor(response: ServerResponse, options: SseWriterOptions) {
    this.#response = response;
    this.#socket = chunkSocketOf(response);
    if (this.#socket) forgetHead(response);
    this.#options = options;
    this.flushedAt = options.heartbeats.now();
    // A reader may have left while its reply was being opened: `close` will not come again.
    this.#closed = response.destroyed;
    this.#isReady = !response.writableNeedDrain;
    if (!this.#isReady) this.#awaitDrain(response);
    // `close` of the response: the request's fires as soon as its body is read.
    response.on('close', () => {
      this.#closed = true;
      this.#cancelSlow();
      this.#onChange();
    });
    options.heartbeats.mark(this);
  }

  /** The reader has gone, or was dropped. */
  get closed(): boolean {
    return this.#closed;
  }

  /** More may be written now; where false, `onChange` is called once it may. To know it, what waits is sent. */
  get ready(): boolean {
    this.send();
    return this.#isReady;
  }

  /** Called when the reader closes, or can take more. */
  set onChange(listener: () => void) {
    this.#onChange = listener;
  }

  /** Has frames sent, together with those of other streams: before anything else comes in, or when `ready` is asked. */
  write(frames: string): void {
    if (this.#closed || frames === '') return;
    this.#quietTicks = 0;
    if (this.#unsent === '') this.#options.sending.add(this);
    this.#unsent += frames;
  }

  /** Sends what was written, if anything was. */
  send(): void {
    const frames = this.#unsent;
    if (frames === '') return;
    this.#unsent = '';
    if (this.#closed || this.#response.writableEnded) return;
    const socket = this.#socket?.writable && isPlain(this.#response) ? this.#socket : undefined;
    this.#isReady = socket ? socket.write(chunkOf(frames)) : this.#response.write(frames);
    if (this.#isReady) return;
    this.#awaitDrain(socket ?? this.#response);
    this.#cancelSlow();
    const { clock, slowReaderTimeoutMs } = this.#options;
    this.#cancelSlow = clock.after(slowReaderTimeoutMs, () => {
      this.#options.onSlowReader?.();
      this.drop();
    });
  }

  /** Ends the stream after what was written, and with it: who has read the last event need not hang up on the rest. */
  end(): void {
    this.#socket?.cork();
    this.send();
    if (!this.#closed) this.#response.end();
    this.#socket?.uncork();
  }

  /** Cuts a reader off that does not keep up: what waits for it is released at once. */
  drop(): void {
    this.#closed = true;
    this.#cancelSlow();
    this.#response.destroy();
  }

  #awaitDrain(from: Socket | ServerResponse): void {
    from.once('drain', () => {
      this.#isReady = true;
      this.#cancelSlow();
      this.#onChange();
    });
  }

  /** Sends a byte where none was sent for long. Called by the ticker. */
  flush(): void {
    if (this.#closed || this.#response.writableEnded) return;
    // The ticker runs three times a heartbeat: a stream that would be silent too long at the next tick gets its byte now.
    this.#quietTicks++;
    if (this.#quietTicks > 1 && this.ready) this.write(HEARTBEAT_FRAME);
    this.#options.heartbeats.mark(this);
  }
}

const nothing = () => {};
