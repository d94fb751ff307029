import type { ChatEvent, ReplaceEvent } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import type { ReplyOwner, SessionLog } from '../log/session-log.js';
import type { Logger } from '../logger.js';
import type { Measured } from '../metrics.js';
import { type CheckedPiece, checkedPiece } from '../responders/checked.js';
import type { Responder, ResponderError, Turn } from '../responders/responder.js';
import { completePrefix, splitText } from './chunking.js';
import { deferred } from './deferred.js';
import { codeOf, errorEvent } from './error-event.js';
import type { Flushable, FlushTicker } from './flush-ticker.js';
import { type Ending, type Outcome, outcomeOf } from './outcome.js';
import { takeEach } from './pieces.js';
import type { ReplyLimits } from './reply-limits.js';
import { ReplyMeter } from './reply-meter.js';
import { ReplyRoom } from './reply-room.js';

/** What every generation of a process works with. */
export interface ReplyContext {
  readonly log: SessionLog;
  readonly ticker: FlushTicker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ReplyLimits;
  readonly record: (measured: Measured) => void;
  /** Called once for each reply, when its terminal event is in the log. */
  readonly onOver: (reply: Reply) => void;
}

/**
 * Owns one generation: runs the responder once, appends what it yields to the log, and closes the log's reply with
 * exactly one terminal event. Readers come and go at the log; the reply only counts them, to notice when all are gone.
 */
export class Reply implements ReplyOwner, Flushable {
  readonly id: string;
  isMarked = false;
  flushedAt: number | undefined;
  readonly #context: ReplyContext;
  readonly #sessionId: string;
  readonly #abort = new AbortController();
  /** Made when it is asked for. */
  #over: ReturnType<typeof deferred<Outcome>> | undefined;
  readonly #meter: ReplyMeter;
  /** Text that was generated but not appended yet. */
  #pending = '';
  /** UTF-16 code units appended. */
  #length = 0;
  readonly #room: ReplyRoom;
  /** Appends run one after the other; never rejects. */
  #writes: Promise<void> | undefined;
  #writing = 0;
  #readers = 0;
  #cancelOrphan: (() => void) | undefined;
  #cancelDuration: (() => void) | undefined;
  #disown: (() => void) | undefined;
  /** How it ends is decided: whatever the responder still yields is dropped. */
  #ended = false;

  constructor(context: ReplyContext, sessionId: string, id: string) {
    this.#context = context;
    this.#sessionId = sessionId;
    this.#meter = new ReplyMeter(context.record, context.clock);
    this.#room = new ReplyRoom(context.limits.maxReplyLength);
    this.id = id;
  }

  /** Settles when the terminal event is in the log. */
  get outcome(): Promise<Outcome> {
    return (this.#over ??= deferred()).promise;
  }

  /** Generates the reply to its end. Called once. */
  run(respond: Responder, turn: Omit<Turn, 'signal'>): void {
    const { clock, limits } = this.#context;
    this.#cancelDuration = clock.after(limits.maxDurationMs, () => this.#end({ reason: 'length' }));
    this.#watchOrphan();
    this.#disown = this.#context.log.others?.own(this.#sessionId, this.id, this);
    // Its readers are told of the reply first: what a responder does before its first `await` would hold `start` up.
    // The turn as an argument: a function would hold the conversation for as long as the timer above.
    setImmediate(this.#generate.bind(this), respond, turn);
  }

  /**
   * Ends the reply where it is; idempotent. `keepLength`: so many UTF-16 code units were seen by the reader who stopped it,
   * on a line that was down perhaps; what goes beyond is taken back.
   */
  stop(keepLength?: number): Promise<Outcome> {
    if (this.#end({ reason: 'stopped', keepLength })) this.#context.record({ type: 'stop' });
    return this.outcome;
  }

  /** The reply was ended or deleted on another machine: nothing more is stored of it. */
  lose(): void {
    this.#end('lost');
  }

  /** Ends the reply with an error event, e.g. since the server shuts down. */
  fail(failure: ResponderError): Promise<Outcome> {
    this.#end({ failure });
    return this.outcome;
  }

  /** Appends what has come. Called by the ticker. */
  flush(): void {
    this.#write([]);
  }

  /**
   * Counts a reader in; the returned function counts it out. The last one out starts the orphan time-out, and lengthens
   * it by its `graceMs` where it will be back for more.
   */
  addReader(): (graceMs?: number) => void {
    this.#readers++;
    this.#cancelOrphan?.();
    let reading = true;
    return (graceMs = 0) => {
      if (!reading) return;
      reading = false;
      this.#readers--;
      this.#watchOrphan(graceMs);
    };
  }

  /** Decides how the reply ends; false where that was decided before. */
  #end(ending: Ending): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    void this.#finish(ending);
    return true;
  }

  /** The responder is not waited for: it may ignore its signal. */
  async #finish(ending: Ending): Promise<void> {
    // Whoever decided it goes on first.
    await Promise.resolve();
    this.#abort.abort();
    this.#cancelDuration?.();
    this.#cancelOrphan?.();
    const outcome = ending === 'lost' ? await this.#found() : await this.#close(ending);
    this.#meter.end(outcome.status);
    this.#disown?.();
    this.#context.onOver(this);
    (this.#over ??= deferred()).resolve(outcome);
  }

  #watchOrphan(graceMs = 0): void {
    const { clock, limits } = this.#context;
    if (this.#readers > 0 || this.#ended || limits.orphanTimeoutMs === Infinity) return;
    this.#cancelOrphan?.();
    this.#cancelOrphan = clock.after(limits.orphanTimeoutMs + graceMs, () => void this.#endOrphan());
  }

  /** It is none as long as somebody reads it through another machine, and for as long after that as here. */
  async #endOrphan(): Promise<void> {
    const { log, limits, record } = this.#context;
    const sinceMs = log.others ? await log.others.sinceRead(this.#sessionId, this.id).catch(() => 0) : Infinity;
    if (this.#readers > 0) return;
    if (sinceMs < limits.orphanTimeoutMs) return this.#watchOrphan(-sinceMs);
    if (this.#end({ reason: 'stopped' })) record({ type: 'orphan' });
  }

  #generate(respond: Responder, turn: Omit<Turn, 'signal'>): void {
    if (this.#ended) return;
    const failed = (failure: unknown) => void this.#end({ failure });
    try {
      const take = (piece: unknown) => this.#takePiece(checkedPiece(piece));
      const pieces = respond({ ...turn, signal: this.#abort.signal });
      takeEach(pieces, take).then(() => this.#end({ reason: 'complete' }), failed);
    } catch (failure) {
      failed(failure);
    }
  }

  /** How it ends is decided before the responder is left: leaving it waits for it to clean up. */
  #takePiece(piece: CheckedPiece): 'enough' | 'more' {
    if (this.#ended) return 'enough';
    if (typeof piece !== 'string' && piece.type === 'end') {
      this.#end({ reason: piece.reason ?? 'complete', usage: piece.usage });
    } else if (this.#take(piece) === 'full') this.#end({ reason: 'length' });
    return this.#ended ? 'enough' : 'more';
  }

  #take(piece: Exclude<CheckedPiece, { type: 'end' }>): 'full' | 'more' {
    if (typeof piece !== 'string') {
      return piece.type === 'replace' ? this.#replace(piece) : this.#takeEvent(piece);
    }
    if (piece === '') return 'more';
    const { maxReplyLength } = this.#context.limits;
    const text = this.#room.takeText(piece, maxReplyLength - this.#length - this.#pending.length);
    const isFirst = this.#length === 0 && this.#pending === '';
    this.#meter.token();
    this.#pending += text;
    // The first words leave at once; later ones wait for the tick where others have left just now.
    if (isFirst) this.#context.ticker.flush(this);
    else this.#context.ticker.mark(this);
    return text === piece ? 'more' : 'full';
  }

  /** One that has no room is left out: half of it would be none. */
  #takeEvent(event: Exclude<CheckedPiece, string | { type: 'end' | 'replace' }>): 'full' | 'more' {
    if (!this.#room.takesEvent(event)) return 'full';
    this.#write([event]);
    return 'more';
  }

  #replace(event: ReplaceEvent): 'full' | 'more' {
    const { maxReplyLength } = this.#context.limits;
    const isTooLong = event.content.length > maxReplyLength;
    const content = (isTooLong ? completePrefix(event.content.slice(0, maxReplyLength)) : event.content).toWellFormed();
    if (!this.#room.takesReplace({ ...event, content })) return 'full';
    // What waited would be swapped away at once, and half a surrogate pair of it must not reach the new text.
    this.#pending = '';
    this.#write([{ ...event, content }]);
    this.#length = content.length;
    return isTooLong ? 'full' : 'more';
  }

  /** Appends the pending text and then `events`. While an append is under way, text gathers for the next one. */
  #write(events: readonly ChatEvent[]): void {
    if (this.#writing > 0 && events.length === 0) {
      if (!this.#ended) this.#context.ticker.mark(this);
      return;
    }
    const batch: ChatEvent[] = [];
    const text = completePrefix(this.#pending);
    this.#pending = this.#pending.slice(text.length);
    for (const piece of splitText(text)) {
      batch.push({ type: 'token', content: piece.toWellFormed(), at: this.#length });
      this.#length += piece.length;
    }
    batch.push(...events);
    if (batch.length === 0) return;
    this.#meter.flush();
    const stored =
      this.#writes && this.#writing > 0 ? this.#writes.then(() => this.#append(batch)) : this.#append(batch);
    if (!stored) return;
    this.#writing++;
    this.#writes = stored.then(() => void this.#writing--);
  }

  /** Undefined where nothing is to be waited for. Never throws, nor rejects. */
  #append(batch: readonly ChatEvent[]): Promise<void> | undefined {
    try {
      return this.#context.log
        .append(this.#sessionId, this.id, batch)
        ?.catch((failure: unknown) => this.#lost(failure));
    } catch (failure) {
      this.#lost(failure);
      return undefined;
    }
  }

  /** Nothing can be recorded while the store is away: readers find the reply open, and a restart closes it. */
  #lost(failure: unknown): void {
    this.#context.logger.error({ error: failure, messageId: this.id }, 'a reply could not be stored');
    this.#end({ failure });
  }

  /** How it was ended elsewhere. */
  async #found(): Promise<Outcome> {
    await this.#writes;
    return outcomeOf(await this.#context.log.getMessage(this.#sessionId, this.id).catch(() => undefined));
  }

  async #close(ending: Exclude<Ending, 'lost'>): Promise<Outcome> {
    await this.#writes;
    if ('reason' in ending && ending.keepLength !== undefined) await this.#keep(ending.keepLength);
    // Half a surrogate pair whose other half never came becomes U+FFFD: the same length, and well-formed.
    this.#pending = this.#pending.toWellFormed();
    this.#write([]);
    if ('failure' in ending) {
      const code = codeOf(ending.failure);
      const level = code === 'internal' ? 'error' : 'warn';
      this.#context.logger[level]({ error: ending.failure, messageId: this.id }, 'a reply failed');
      this.#context.record({ type: 'failure', code });
      this.#write([errorEvent(ending.failure, this.id)]);
    } else {
      const { reason, usage } = ending;
      this.#write([{ type: 'end', messageId: this.id, reason, length: this.#length, ...(usage && { usage }) }]);
    }
    await this.#writes;
    const status = 'failure' in ending ? 'error' : ending.reason === 'stopped' ? 'stopped' : 'complete';
    return { status, length: this.#length };
  }

  /** Takes back what was generated beyond a length. */
  async #keep(length: number): Promise<void> {
    const pendingLength = Math.max(0, length - this.#length);
    if (pendingLength < this.#pending.length) this.#pending = completePrefix(this.#pending.slice(0, pendingLength));
    if (length >= this.#length) return;
    const { log } = this.#context;
    const message = await log.getMessage(this.#sessionId, this.id).catch((failure: unknown) => this.#lost(failure));
    // Nobody knows what was seen: it stays as it is.
    if (!message) return;
    const content = completePrefix(message.content.slice(0, length));
    this.#write([{ type: 'replace', content, reason: 'stopped' }]);
    this.#length = content.length;
    await this.#writes;
  }
}
