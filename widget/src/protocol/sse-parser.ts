import { GrowingText } from './growing-text.js';

/** One dispatched server-sent event. */
export interface SseMessage {
  /** Default `message`. */
  readonly event: string;
  readonly data: string;
  /** The last event id at dispatch: of this block, else inherited from an earlier one. */
  readonly id: string;
}

/** Where a stream goes on, and how long an event may be. */
export interface SseParserOptions {
  /** The id the connection resumes after; blocks without an `id:` inherit it. Default `''`. */
  readonly lastEventId?: string;
  /** How many UTF-16 code units one unfinished event may hold. Default 1,048,576. */
  readonly maxEventLength?: number;
}

/** UTF-16 code units that one event may have: of a stream without end nothing more is kept. */
export const DEFAULT_MAX_EVENT_LENGTH = 1_048_576;

/** What is unfinished is packed whenever so many characters were read: often enough to stay small, too seldom to cost. */
const PACK_EVERY = 16_384;

/**
 * One event outgrew the limit. Events that were complete before it are returned first; then `push` and `end` throw this,
 * ever after. What was buffered is released.
 */
export class SseParserError extends Error {
  override readonly name = 'SseParserError';
  readonly code = 'event_too_large';
  constructor(readonly maxEventLength: number) {
    super(
      `A server-sent event is longer than ${maxEventLength} characters. Send less per event, or raise maxEventLength.`,
    );
  }
}

/**
 * Server-sent events, parsed as text arrives (HTML standard, §9.2.6 "Interpreting an event stream").
 *
 * Feed it what a streaming `TextDecoder` returns (which is what strips the byte order mark); chunks may be cut
 * anywhere. Time is linear in the input, and memory stays below twice `maxEventLength`, whatever the cutting: each
 * character is searched once, and copied a fixed number of times.
 *
 * ```ts
 * const parser = new SseParser();
 * for (const message of parser.push(decoder.decode(bytes, { stream: true }))) show(message.data);
 * ```
 */
export class SseParser {
  /** The last valid `retry:` in milliseconds; undefined where there was none. It acts as soon as its line is read. */
  retryMs: number | undefined;

  readonly #maxEventLength: number;
  /** The last event id string: changes only at a blank line, so an id in a block that was cut off never counts. */
  #lastEventId: string;
  /** The id of the block that is being read. */
  #idBuffer: string;
  #eventBuffer = '';
  readonly #dataBuffer = new GrowingText();
  /** A block without a `data` field is not dispatched; one whose field is empty is. */
  #hasData = false;
  /** The line that has no end yet. */
  readonly #partialLine = new GrowingText();
  #readSincePacked = 0;
  /** The previous character was CR: a LF that follows belongs to it, even in the next chunk. */
  #afterCr = false;
  #failed: SseParserError | undefined;

  constructor(options: SseParserOptions = {}) {
    this.#lastEventId = this.#idBuffer = options.lastEventId ?? '';
    this.#maxEventLength = options.maxEventLength ?? DEFAULT_MAX_EVENT_LENGTH;
  }

  /** The id to resume after: that of the last block that ended in a blank line. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /**
   * Takes the next piece of the stream and returns the events it completes.
   * @throws {SseParserError} when one event outgrows `maxEventLength`.
   */
  push(chunk: string): SseMessage[] {
    if (this.#failed) throw this.#failed;
    const messages: SseMessage[] = [];
    this.#read(chunk, messages);
    if (this.#failed && messages.length === 0) throw this.#failed;
    return messages;
  }

  /**
   * The stream has ended. A block without its blank line is discarded, as the standard demands, so nothing is left.
   * @throws {SseParserError} when an event outgrew `maxEventLength`.
   */
  end(): SseMessage[] {
    this.#forget();
    if (this.#failed) throw this.#failed;
    return [];
  }

  #read(chunk: string, messages: SseMessage[]): void {
    let from = 0;
    if (this.#afterCr && chunk !== '') {
      this.#afterCr = false;
      if (chunk.startsWith('\n')) from = 1;
    }
    // Both searches only ever move forward: a chunk without CR is searched for CR once, not once a line.
    let lf = chunk.indexOf('\n', from);
    let cr = chunk.indexOf('\r', from);
    while ((lf !== -1 || cr !== -1) && !this.#failed) {
      const to = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf;
      this.#line(this.#endLine(chunk.slice(from, to)), messages);
      from = to + 1;
      if (to === cr) {
        if (from === lf) from++;
        else if (from === chunk.length) this.#afterCr = true;
        cr = chunk.indexOf('\r', from);
      }
      if (lf !== -1 && lf < from) lf = chunk.indexOf('\n', from);
    }
    if (this.#failed) return;
    this.#partialLine.append(chunk.slice(from));
    this.#checkLength();
    this.#readSincePacked += chunk.length;
    if (this.#readSincePacked < PACK_EVERY) return;
    this.#readSincePacked = 0;
    this.#partialLine.pack();
    this.#dataBuffer.pack();
  }

  #endLine(rest: string): string {
    if (this.#partialLine.length === 0) return rest;
    this.#partialLine.append(rest);
    return this.#partialLine.take();
  }

  #line(line: string, messages: SseMessage[]): void {
    if (line === '') return this.#dispatch(messages);
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1);
    switch (field) {
      case 'data':
        if (this.#hasData) this.#dataBuffer.append('\n');
        this.#dataBuffer.append(value);
        this.#hasData = true;
        this.#checkLength();
        break;
      case 'event':
        this.#eventBuffer = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.#idBuffer = value;
        break;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.retryMs = Number(value);
        break;
    }
  }

  #dispatch(messages: SseMessage[]): void {
    this.#lastEventId = this.#idBuffer;
    if (this.#hasData) {
      messages.push({ event: this.#eventBuffer || 'message', data: this.#dataBuffer.take(), id: this.#lastEventId });
    }
    this.#forgetBlock();
  }

  #forgetBlock(): void {
    this.#idBuffer = this.#lastEventId;
    this.#eventBuffer = '';
    this.#dataBuffer.take();
    this.#hasData = false;
  }

  #checkLength(): void {
    const held = this.#partialLine.length + this.#dataBuffer.length + this.#eventBuffer.length + this.#idBuffer.length;
    if (held <= this.#maxEventLength) return;
    this.#failed = new SseParserError(this.#maxEventLength);
    this.#forget();
  }

  #forget(): void {
    this.#forgetBlock();
    this.#partialLine.take();
    this.#afterCr = false;
  }
}
