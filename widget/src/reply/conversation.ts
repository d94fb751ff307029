import type { Message, Snapshot } from '../protocol/index.js';
import { Backoff } from './backoff.js';
import { alwaysOnline, systemClock } from './clock.js';
import type { ConversationOptions } from './conversation-options.js';
import { ChatError, toChatError } from './errors.js';
import { plainContext } from './message-context.js';
import { isLiving } from './phases.js';
import { mergedTurns } from './merged-turns.js';
import { Outbox } from './outbox.js';
import { randomId } from './random-id.js';
import { ReplyStream } from './reply-stream.js';
import { DEFAULT_RETRY_POLICY } from './retry.js';
import { RetryBudget } from './retry-budget.js';
import type { StoredTurn } from './session-store.js';
import type { ReplyRequest } from './transport.js';
import { aspects, isRefused, sendAgain, storedTurn, type Turn, turnOf, turnOfStored, withoutId } from './turn.js';

/** Owns the list of turns of one session; the words of a running reply are its `ReplyStream`'s. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #listeners = new Set<() => void>();
  readonly #disposal = new AbortController();
  readonly #outbox: Outbox;
  readonly #budget: RetryBudget;
  #sessionId: string;
  #wasRenewed = false;
  #turns: readonly Turn[] = [];
  #isLoading = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#sessionId = options.sessionId;
    this.#budget = options.budget ?? new RetryBudget(options.clock ?? systemClock);
    this.#outbox = new Outbox(options.connectivity ?? alwaysOnline);
  }

  /** Another one than at the beginning where the server had ended that before it took the first message. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** Oldest first; a new array after every change. */
  get turns(): readonly Turn[] {
    return this.#turns;
  }

  /** The reply that is under way. */
  get running(): ReplyStream | undefined {
    const reply = this.#turns.findLast(({ reply: candidate }) => isLiving(candidate.phase))?.reply;
    return reply instanceof ReplyStream ? reply : undefined;
  }

  /** The stored messages are being fetched. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Calls `listener` after every change of the list or of a reply's phase, not of its words. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Sends a message; resolves to its reply when that is over, however it ended. Without a network the message waits in
   * line and goes out when it is back; one that is taken back leaves its reply idle.
   * @throws {ChatError} `not_sent` for an empty text, a context that has no JSON, or while a reply is running.
   */
  async send(text: string, context?: unknown): Promise<ReplyStream> {
    if (text.trim() === '') throw new ChatError('not_sent', 'The message is empty.');
    if (this.running) throw new ChatError('not_sent', 'A reply is running: wait for its end, or stop it first.');
    const added = plainContext(context);
    const clientMessageId = randomId();
    const message = { content: text, clientMessageId, ...(added !== undefined && { context: added }) };
    const reply = this.#createReply({ kind: 'send', message });
    // A refused message was never stored: the next one takes its place.
    this.#change([...this.#turns.filter((turn) => !isRefused(turn)), turnOf(text, clientMessageId, reply, added)]);
    await (this.#outbox.mustWait ? this.#outbox.add(reply) : reply.run());
    return reply;
  }

  /** Takes a message that waits for a network out of the conversation: its text; undefined where it has left already. */
  takeBack(turn: Turn): string | undefined {
    if (!(turn.reply instanceof ReplyStream) || !this.#outbox.takeBack(turn.reply)) return undefined;
    this.#change(this.#turns.filter(({ key }) => key !== turn.key));
    return turn.question;
  }

  /** Asks the server what has become of the session: another tab may have gone on with it. */
  async refresh(): Promise<void> {
    if (this.#isLoading) return;
    const { signal } = this.#disposal;
    try {
      const snapshot = await this.#options.transport().history(this.#sessionId, signal);
      if (!signal.aborted) this.#adopt(snapshot);
    } catch {
      // What cannot be asked now is asked at the next occasion; what is shown stays.
    }
  }

  /**
   * Goes on where the last reply failed, or has it made again: resumes what was interrupted, repeats what was not
   * answered under the same key, regenerates what the server ended with an error. Never stores the question twice.
   */
  async retry(): Promise<void> {
    const last = this.#turns.at(-1);
    if (!last || isLiving(last.reply.phase)) return;
    const { reply } = last;
    if (reply.phase === 'interrupted' || reply.messageId === undefined) {
      return this.#rerun(last);
    }
    return this.#regenerate(last, reply.messageId);
  }

  /** Stops the running reply, if there is one. */
  stop(): void {
    this.running?.stop();
  }

  /** Tries at once instead of waiting for the next try. */
  reconnect(): void {
    this.running?.reconnect();
  }

  /**
   * Fetches the stored messages and resumes the reply that is running; until the server answers, shows what this browser
   * remembers. Never rejects: what cannot be fetched is not shown, and a session the server has forgotten starts anew.
   */
  async load(remembered: readonly StoredTurn[]): Promise<void> {
    const { signal } = this.#disposal;
    this.#isLoading = true;
    this.#change(remembered.map((turn) => this.#recall(turn)));
    const backoff = new Backoff({ ...this.#timing(), random: this.#options.random ?? Math.random });
    try {
      while (!signal.aborted) {
        try {
          const snapshot = await this.#options.transport().history(this.#sessionId, signal);
          if (!signal.aborted) this.#adopt(snapshot);
          return;
        } catch (error) {
          const failure = toChatError(error);
          if (failure.code === 'session_not_found') this.#forgetIds();
          const waiting = failure.retryable ? backoff.next(failure) : undefined;
          if (!waiting) return this.#warn(failure);
          await backoff.pause(waiting, signal);
        }
      }
    } finally {
      this.#isLoading = false;
      this.#notify();
    }
  }

  /** What this browser should remember; a refused message went back to its writer. */
  toStored(): readonly StoredTurn[] {
    return this.#turns.filter((turn) => !isRefused(turn)).map(storedTurn);
  }

  /** Lets go of every connection and listener; the server is told nothing, so a running reply can be resumed. */
  dispose(): void {
    this.#listeners.clear();
    this.#disposal.abort();
    this.#outbox.close();
    for (const { reply } of this.#turns) if (reply instanceof ReplyStream) reply.dispose();
  }

  /** A turn as this browser remembers it; what waited for a network waits again. */
  #recall(stored: StoredTurn): Turn {
    const turn = turnOfStored(stored);
    if (stored.phase !== 'idle') return turn;
    const reply = this.#createReply(sendAgain(turn));
    void this.#outbox.add(reply);
    return { ...turn, reply };
  }

  async #rerun(turn: Turn): Promise<void> {
    const { messageId, text, cursor, phase } = turn.reply;
    const known = messageId === undefined ? undefined : { messageId, text, cursor };
    const runs = turn.reply instanceof ReplyStream && phase !== 'stopped';
    const reply = runs ? turn.reply : this.#replace(turn, sendAgain(turn), known);
    await reply.run();
    // The server has forgotten the reply that was to be resumed: the hand that asked for it asks for a new one.
    if (messageId !== undefined && reply.error?.code === 'reply_lost') await reply.run();
  }

  async #regenerate(turn: Turn, messageId: string): Promise<void> {
    const reply = this.#replace(turn, { kind: 'regenerate', messageId, clientMessageId: randomId() });
    await reply.run();
    const { status } = reply.error ?? {};
    if (reply.phase !== 'failed' || (status !== 404 && status !== 405)) return;
    // The server has forgotten the session, or knows no regeneration: the question itself is sent again.
    const current = this.#turns.at(-1);
    if (current?.reply === reply) await this.#replace(current, sendAgain(turn)).run();
  }

  #replace(
    turn: Turn,
    request: ReplyRequest,
    known?: { messageId: string; text: string; cursor: number },
  ): ReplyStream {
    const reply = this.#createReply(request, known);
    this.#change(this.#turns.map((other) => (other.key === turn.key ? { ...other, reply } : other)));
    return reply;
  }

  /** Merges what the server has with what this page has begun meanwhile, and resumes the reply that is running. */
  #adopt(snapshot: Snapshot): void {
    this.#change(mergedTurns(snapshot, this.#turns, (...found) => this.#resume(...found)));
    for (const { reply } of this.#turns) {
      // Running on the server; what waits for a network has no name there yet.
      if (reply instanceof ReplyStream && reply.phase === 'idle' && reply.messageId !== undefined) void reply.run();
    }
  }

  /** The server has forgotten the session: what was interrupted can only be asked again. */
  #forgetIds(): void {
    this.#change(this.#turns.map((turn) => ({ ...turn, reply: withoutId(turn.reply) })));
  }

  #resume(message: Message, content: string, clientMessageId: string): ReplyStream {
    const known = { messageId: message.id, text: message.content, cursor: message.lastEventId };
    return this.#createReply({ kind: 'send', message: { content, clientMessageId } }, known);
  }

  #createReply(request: ReplyRequest, known?: { messageId: string; text: string; cursor: number }): ReplyStream {
    const { transport, random, onWarning } = this.#options;
    const reply = new ReplyStream({
      ...this.#timing(),
      transport: transport(),
      sessionId: this.#sessionId,
      renewSession: () => this.#renewSession(),
      request,
      ...(known && { known }),
      ...(random && { random }),
      ...(onWarning && { onWarning }),
    });
    let seen = aspects(reply);
    reply.subscribe(() => {
      const now = aspects(reply);
      if (now.every((aspect, index) => aspect === seen[index])) return;
      seen = now;
      // Another tab's reply runs: it is shown, and this message goes out after it.
      if (reply.error?.code === 'reply_in_progress') void this.refresh();
      this.#notify();
    });
    return reply;
  }

  /**
   * A session that ended before anything was said in it is replaced once, and nobody need know. Where there are earlier
   * turns the visitor decides: a new session knows nothing of them, so the answer would not be what was asked for.
   */
  #renewSession(): string | undefined {
    if (this.#wasRenewed || this.#turns.length > 1) return undefined;
    this.#wasRenewed = true;
    this.#sessionId = randomId();
    this.#notify();
    return this.#sessionId;
  }

  #timing() {
    const { clock = systemClock, connectivity = alwaysOnline, policy } = this.#options;
    return { clock, connectivity, policy: policy?.() ?? DEFAULT_RETRY_POLICY, budget: this.#budget };
  }

  #warn(failure: ChatError): void {
    // A session that was never used, or that the server has forgotten, is no fault of anybody's.
    if (failure.code === 'session_not_found' || failure.code === 'aborted') return;
    this.#options.onWarning?.(`The earlier messages could not be loaded. ${failure.message}`);
  }

  #change(turns: readonly Turn[]): void {
    this.#turns = turns;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
