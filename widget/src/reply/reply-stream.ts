import { Backoff, type BackoffOptions } from './backoff.js';
import { alwaysOnline, systemClock } from './clock.js';
import { ChatError, isLost, isSessionEnd, toChatError } from './errors.js';
import { Liveness } from './liveness.js';
import { isLiving, PhaseMachine } from './phases.js';
import type { ReplyDetails } from './reply-details.js';
import { ReplyMeter, type ReplyMetrics } from './reply-meter.js';
import type { ReplyStreamOptions } from './reply-stream-options.js';
import { ReplyText } from './reply-text.js';
import { Repeats } from './repeats.js';
import { DEFAULT_RETRY_POLICY } from './retry.js';
import { RetryBudget } from './retry-budget.js';
import type { ShownReply } from './shown-reply.js';
import { endingOf, storedMessage } from './stored-message.js';
import { requestStop } from './stop-request.js';
import type { Received } from './transport.js';

/** How long the last words and the end of a stopped reply are waited for. */
const STOP_GRACE_MS = 10_000;

/**
 * Owns one reply: its text, its cursor and its phase. Sends the request, applies what comes, and after every cut resumes
 * where it stopped, until the reply has ended or no way on is left; then `phase` and `error` say which.
 */
export class ReplyStream extends PhaseMachine implements ShownReply {
  readonly #options: ReplyStreamOptions;
  readonly #timing: Omit<BackoffOptions, 'policy'>;
  readonly #backoff: Backoff;
  readonly #received: ReplyText;
  readonly #repeats: Repeats;
  readonly meter: ReplyMeter;
  #sessionId: string;
  /** Each call of `run` has its own: what is still on its way for an earlier one is dropped. */
  #run = new AbortController();
  /** Ends the asking for a stop: the reply is over, or let go. */
  #stopping = new AbortController();
  /** The text that stays on screen from the moment the visitor pressed Stop until the server says where it stopped. */
  #frozenText: string | undefined;
  #isStoppedHere = false;
  #isHeldBack = false;

  constructor(options: ReplyStreamOptions) {
    super();
    this.#options = options;
    this.#sessionId = options.sessionId;
    const clock = options.clock ?? systemClock;
    this.#timing = {
      clock,
      connectivity: options.connectivity ?? alwaysOnline,
      random: options.random ?? Math.random,
      budget: options.budget ?? new RetryBudget(clock),
    };
    this.#backoff = new Backoff({ ...this.#timing, policy: options.policy ?? DEFAULT_RETRY_POLICY });
    this.#received = new ReplyText(options.known);
    this.#repeats = new Repeats(options);
    this.meter = new ReplyMeter(clock);
  }

  /** An exact prefix of what the server produced. */
  get text(): string {
    return this.#frozenText ?? this.#received.text;
  }

  get messageId(): string | undefined {
    return this.#received.messageId;
  }

  get isStoppedHere(): boolean {
    return this.#isStoppedHere;
  }

  get isHeldBack(): boolean {
    return this.#isHeldBack;
  }

  get cursor(): number {
    return this.#received.cursor;
  }

  get details(): ReplyDetails {
    return this.#received.details;
  }

  /** Runs the reply to a phase that is not living; also again, by hand, after `failed` or `interrupted`. Never rejects. */
  async run(): Promise<void> {
    if (!this.may('connecting')) return;
    const run = (this.#run = new AbortController());
    this.#repeats.begin();
    this.#backoff.progress();
    this.move('connecting');
    const liveness = new Liveness(this.#timing.clock, this.#timing.connectivity);
    while (!this.#isOver(run.signal)) {
      const failure = await this.#connect(run.signal, liveness);
      await liveness.untilBack(run.signal);
      if (failure && !this.#isOver(run.signal)) await this.#recover(failure, run.signal);
    }
    liveness.close();
  }

  /** Freezes the text at once and has the server stop generating; the stored reply will be what is shown. */
  stop(): void {
    if (!isLiving(this.phase)) return;
    const run = this.#run;
    this.#frozenText = this.#received.text;
    this.#isStoppedHere = true;
    this.#stopping = new AbortController();
    const cancel = this.#timing.clock.after(STOP_GRACE_MS, () => run.abort());
    run.signal.addEventListener('abort', cancel);
    this.move('stopped');
    if (!this.#repeats.wasSent && this.messageId === undefined) return run.abort();
    this.#backoff.hurry();
    void this.#sendStop(run);
  }

  /** Tries at once instead of waiting for the next try. */
  reconnect(): void {
    this.#backoff.hurry();
  }

  /** Lets go of the connection without a word to the server: the reply goes on there, and can be resumed. */
  dispose(): void {
    this.forgetListeners();
    this.#stopping.abort();
    this.#run.abort();
  }

  /** What the reply was like so far. */
  metrics(): ReplyMetrics {
    return this.meter.report(this.phase, this.#received.text.length);
  }

  /** One connection; the failure it ended with, or undefined where the reply is over or is to be resumed at once. */
  async #connect(signal: AbortSignal, liveness: Liveness): Promise<ChatError | undefined> {
    try {
      const request = this.#repeats.next(this.messageId, this.cursor);
      if (this.#repeats.isRepeat(request)) await this.#repeats.check(signal);
      if (request.kind === 'resume') this.#received.expectRest();
      else this.#received.expectStart();
      this.#repeats.sent();
      this.meter.connecting();
      for await (const batch of this.#options.transport.open(this.#sessionId, request, liveness.begin(signal))) {
        this.#repeats.taken();
        liveness.heard();
        for (const received of batch) {
          if (!this.#isOver(signal)) await this.#take(received, signal, liveness);
        }
        if (this.#isOver(signal)) return undefined;
        if (batch.length > 0) this.notify();
      }
      throw new ChatError('cut', 'The connection ended before the reply did.', { retryable: true });
    } catch (error) {
      return this.#isOver(signal) || liveness.wasRenewed ? undefined : toChatError(error);
    }
  }

  async #take(received: Received, signal: AbortSignal, liveness: Liveness): Promise<void> {
    switch (received.kind) {
      case 'opened':
        this.meter.opened();
        this.#isHeldBack = false;
        this.#repeats.learn(received.v1);
        liveness.isRenewable = this.#repeats.canResume(this.messageId);
        // Connected again, though its next words may take their time.
        if (liveness.isRenewable) this.#flow();
        return;
      case 'retry':
        return void (this.#backoff.baseMs = received.retryMs);
      case 'skipped':
        this.meter.eventsSkipped++;
        return this.#options.onWarning?.(`An event was skipped: ${received.reason}.`);
      case 'nothing-left':
        return this.#repair(signal);
      case 'polling':
        return void (this.meter.polled = this.#isHeldBack = true);
      case 'event':
        await this.#apply(received, signal);
        liveness.isRenewable = this.#repeats.canResume(this.messageId);
        if (received.event.type === 'start') liveness.heartbeatMs = received.event.heartbeatMs ?? Infinity;
        return;
    }
  }

  async #apply({ event, id }: Received & { kind: 'event' }, signal: AbortSignal): Promise<void> {
    const { length } = this.#received.text;
    const applied = this.#received.apply(event, id);
    if (this.#received.text.length > length) this.meter.words(this.#received.text.length - length);
    switch (applied.kind) {
      case 'ignored':
        if (applied.why) this.#options.onWarning?.(`The stream brought ${applied.why}; it was ignored.`);
        return;
      case 'duplicate':
        this.meter.duplicatesDropped++;
        return;
      case 'gap':
        // Nothing is shown over it: it is asked for again, and if it still is missing the text is fetched whole.
        this.meter.gapsSeen++;
        if (applied.isSecondLook) return this.#repair(signal);
        throw new ChatError('cut', 'The stream left something out.', { retryable: true });
    }
    this.#backoff.progress();
    this.#flow();
    switch (applied.kind) {
      case 'started':
        this.#repeats.learn(applied.start.protocol !== undefined);
        if (this.phase === 'stopped') void this.#sendStop(this.#run);
        return;
      case 'ended':
        if (applied.exact) return this.#finish(applied.end.reason === 'stopped' ? 'stopped' : 'done');
        this.#options.onWarning?.('The text has not the length its end announced; the message is fetched again.');
        return this.#repair(signal);
      case 'failed':
        // Its rest is of use to nobody. Where this is lost: a reply that nobody reads ends by itself.
        if (applied.error.code === 'reply_too_long')
          this.#options.transport.stop(this.#sessionId, this.messageId ?? '', this.text.length).catch(() => {});
        return this.#finish('failed', applied.error);
      case 'changed':
        if (event.type === 'data') this.#options.onData?.(event, this.messageId);
        return;
    }
  }

  /** Replaces the text by what the server stored. @throws {ChatError} */
  async #repair(signal: AbortSignal): Promise<void> {
    this.meter.integrityRepairs++;
    const message = await storedMessage(this.#options.transport, this.#sessionId, this.messageId, signal);
    this.#received.adopt(message);
    if (message.status === 'streaming') {
      throw new ChatError('cut', 'The reply goes on after what was stored.', { retryable: true });
    }
    const { phase, error } = endingOf(message, message.status);
    this.#finish(phase, error);
  }

  /** After a failure: waits for the next try, or gives up. */
  async #recover(failure: ChatError, signal: AbortSignal): Promise<void> {
    const isStopped = this.phase === 'stopped';
    if (this.#repeats.canResume(this.messageId) && isLost(failure)) {
      // The server was restarted without its memory. A try by hand sends the message again, under the same key.
      this.#received.forgetReply();
      const cause = new ChatError('reply_lost', 'The server does not know the reply any more.', { cause: failure });
      return isStopped ? this.#run.abort() : this.move('interrupted', cause);
    }
    const { request, renewSession } = this.#options;
    if (!isStopped && this.messageId === undefined && request.kind === 'send' && isSessionEnd(failure)) {
      const renewed = await renewSession?.(failure, signal);
      if (signal.aborted) return;
      if (renewed instanceof ChatError) failure = renewed;
      else if (renewed !== undefined) {
        this.#sessionId = renewed;
        this.#repeats.begin(); // it was not taken: to send it elsewhere is no repeat
        return;
      }
    }
    const waiting = this.#repeats.mayTryAgain(failure) ? this.#backoff.next(failure) : undefined;
    if (waiting) {
      if (!isStopped) this.move('reconnecting', failure, waiting);
      return this.#backoff.pause(waiting, signal);
    }
    if (isStopped) return this.#run.abort();
    this.move(failure.retryable || failure.code === 'cut' ? 'interrupted' : 'failed', failure);
  }

  /** Has the server stop where the visitor did; then what is shown is what it stored, also where that took long. */
  async #sendStop(run: AbortController): Promise<void> {
    const { messageId } = this;
    if (messageId === undefined) return; // its `start` is on its way, and will bring us here again
    const { signal } = this.#stopping;
    const place = { sessionId: this.#sessionId, messageId, length: this.text.length };
    const stopped = await requestStop(this.#options.transport, place, this.#timing, signal);
    if (this.#isOver(signal)) return;
    // A server that cannot stop: to hang up is all that is left, and what is shown stays.
    if (!stopped) return run.abort();
    if (!stopped.isComplete && stopped.length === place.length) this.#received.keep(place.length);
    if (stopped.length === this.#received.text.length) this.#finish(stopped.isComplete ? 'done' : 'stopped');
    // Else the rest is on its way, if there still is one.
    else if (run.signal.aborted) await this.#repair(signal).catch(() => {});
  }

  /** Something of the reply comes. */
  #flow(): void {
    if (this.phase === 'connecting' || this.phase === 'reconnecting') this.move('streaming');
  }

  #finish(phase: 'done' | 'stopped' | 'failed', error?: ChatError): void {
    this.#frozenText = undefined;
    this.#stopping.abort();
    if (this.phase === 'stopped' && phase !== 'done') this.notify();
    else this.move(phase, error);
    this.#run.abort();
  }

  #isOver(signal: AbortSignal): boolean {
    return signal.aborted || (this.phase !== 'stopped' && !isLiving(this.phase));
  }
}
