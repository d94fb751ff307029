import { isTerminal } from 'chat-stream/protocol';
import type { Appended, LogEntry, SessionLog } from '../log/session-log.js';
import { MAX_TOKEN_LENGTH, mergeTokens } from '../replies/chunking.js';
import { encodeFrame, type FrameOptions } from './sse-frame.js';
import type { SseWriter } from './sse-writer.js';

/** Bytes of a stream that one UTF-16 unit of text takes at the most: 6 as an escape in JSON, and its part of the frame. */
const MAX_BYTES_PER_UNIT = 8;

/**
 * UTF-16 units of text taken from the log at once, so that at most `maxUnsentBytes` wait for whoever takes them.
 * `highWaterMark`: bytes that may wait already when more is taken.
 */
export const maxLengthOf = (maxUnsentBytes: number, highWaterMark = 0): number =>
  Math.max(1, Math.floor((maxUnsentBytes - highWaterMark) / MAX_BYTES_PER_UNIT));

/** Whom a reply is written to, and from where on. */
export interface ReplyReaderOptions {
  readonly log: SessionLog;
  readonly sessionId: string;
  readonly messageId: string;
  /** Only what comes after this id. */
  readonly after: number;
  /** UTF-16 units taken from the log at once, and so what may wait for a reader that does not keep up. */
  readonly maxLength: number;
  readonly writer: SseWriter;
  readonly frames: FrameOptions;
  /** Called once, when the stream has ended or the reader is gone; with what failed, where the log could not be read. */
  readonly onEnd: (failure?: unknown) => void;
}

/**
 * Writes a reply to one reader, from the cursor to the terminal event, at the reader's own pace; the generation never
 * notices. What was missed is read from the log. Who has all of it is handed what is appended as it comes: for a token
 * nothing is awaited, and nothing made but its frame.
 */
export class ReplyReader {
  readonly #options: ReplyReaderOptions;
  /** Two of them at hand: they are asked of each token. */
  readonly #writer: SseWriter;
  readonly #frames: FrameOptions;
  #unwatch: () => void = () => {};
  #cursor: number;
  /** Something may be in the log after the cursor. */
  #woken = true;
  #isReading = false;
  #isOver = false;

  constructor(options: ReplyReaderOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#frames = options.frames;
    this.#cursor = options.after;
  }

  /** Goes on by itself from there. Called once. */
  start(): void {
    const { log, sessionId, messageId, writer } = this.#options;
    this.#unwatch = log.watch(sessionId, messageId, (appended) => this.#take(appended));
    writer.onChange = () => void this.#read();
    void this.#read();
  }

  #take(appended: Appended | undefined): void {
    const writer = this.#writer;
    const isNext = appended?.after === this.#cursor && !this.#isReading && writer.ready && !writer.closed;
    if (appended && isNext && this.#isFew(appended.entries)) {
      return this.#write(appended.entries);
    }
    this.#woken = true;
    void this.#read();
  }

  /** One always is: no less is read from the log at once. */
  #isFew(entries: readonly LogEntry[]): boolean {
    return entries.length === 1 || entries.length * MAX_TOKEN_LENGTH <= this.#options.maxLength;
  }

  /** Reads until nothing is left, or the reader can take no more: then it is called again. Never rejects. */
  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const { log, sessionId, messageId, maxLength, writer } = this.#options;
    try {
      while (!writer.closed && writer.ready && !this.#isOver) {
        const hasChanged = this.#woken;
        // Lowered before the log is read: what is appended meanwhile raises it again.
        this.#woken = false;
        const entries = await log.read(sessionId, messageId, this.#cursor, maxLength);
        if (entries.length > 0) this.#write(entries);
        // Woken, and nothing new: perhaps nothing will be.
        else if (hasChanged && (await this.#isLost())) writer.drop();
        else if (!this.#woken) break;
      }
      if (writer.closed) this.#end();
    } catch (failure) {
      this.#end(failure);
    } finally {
      this.#isReading = false;
    }
  }

  #write(entries: readonly LogEntry[]): void {
    const writer = this.#writer;
    let text = '';
    for (const entry of mergeTokens(entries)) text += encodeFrame(entry, this.#frames);
    writer.write(text);
    const last = entries.at(-1);
    if (!last) return;
    this.#cursor = last.id;
    if (last.event.type === 'message' || !isTerminal(last.event)) return;
    writer.end();
    this.#end();
  }

  /** Nothing will come after the cursor: the message is gone, or ended before it, in a store that forgot its last words. */
  async #isLost(): Promise<boolean> {
    const { log, sessionId, messageId } = this.#options;
    const message = await log.getMessage(sessionId, messageId);
    return !message || (message.status !== 'streaming' && message.lastEventId <= this.#cursor);
  }

  #end(failure?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unwatch();
    this.#options.onEnd(failure);
  }
}
