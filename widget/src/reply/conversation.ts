import type { Message, Snapshot } from '../protocol/index.js';
import { alwaysOnline } from './clock.js';
import type { ConversationOptions } from './conversation-options.js';
import { EarlierMessages, type EarlierState } from './earlier-messages.js';
import { ChatError } from './errors.js';
import { Feedback } from './feedback.js';
import { plainContext } from './message-context.js';
import { isLiving } from './phases.js';
import { mergedTurns } from './merged-turns.js';
import { Outbox } from './outbox.js';
import { patiently } from './patiently.js';
import { randomId } from './random-id.js';
import { ReplyMaker } from './reply-maker.js';
import { ReplyStream } from './reply-stream.js';
import { type KnownReply, knownReplyOf } from './reply-text.js';
import type { StoredTurn } from './session-store.js';
import type { ReplyRequest } from './transport.js';
import {
  isLeftOver,
  isRefused,
  questionIdOf,
  sendAgain,
  storedTurn,
  type Turn,
  type TurnFields,
  turnOf,
  turnOfStored,
  withoutId,
} from './turn.js';
import { TurnList } from './turn-list.js';
import { answersAs, regenerable, withVariant } from './variants.js';

/** Owns the list of turns of one session; the words of a running reply are its `ReplyStream`'s. */
export class Conversation extends TurnList {
  readonly #options: ConversationOptions;
  readonly #disposal = new AbortController();
  readonly #outbox: Outbox;
  readonly #replies: ReplyMaker;
  readonly #earlier = new EarlierMessages();
  readonly feedback: Feedback;
  #isLoading = false;

  constructor(options: ConversationOptions) {
    super();
    this.#options = options;
    this.#replies = new ReplyMaker(options, {
      turnCount: () => this.turns.length,
      changed: () => this.notify(),
      refresh: () => void this.refresh(),
    });
    this.#outbox = new Outbox(options.connectivity ?? alwaysOnline);
    this.feedback = new Feedback({
      transport: options.transport,
      sessionId: () => this.#replies.sessionId,
      changed: () => this.notify(),
    });
  }

  /** Another one than at the beginning where the server had ended that before it took the first message. */
  get sessionId(): string {
    return this.#replies.sessionId;
  }

  /** The stored messages are being fetched. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** What lies before the first turn. */
  get earlier(): EarlierState {
    return this.#earlier.state;
  }

  /**
   * Sends a message; resolves to its reply when that is over, however it ended. Without a network the message waits in
   * line and goes out when it is back; one that is taken back leaves its reply idle.
   * @throws {ChatError} `not_sent` for an empty text, a context that has no JSON, or while a reply is running.
   */
  async send(text: string, context?: unknown): Promise<ReplyStream> {
    this.#checkMessage(text);
    // A refused message was never stored: the next one takes its place.
    const others = this.turns.filter((turn) => !isRefused(turn));
    const reply = this.#ask(others, text, { context });
    await (this.#outbox.mustWait ? this.#outbox.add(reply) : reply.run());
    return reply;
  }

  /**
   * Puts other words in the place of a message, and has them answered: what came after is replaced. Where the server does
   * not take them, all is as it was, but for messages that are left over: these are dropped at once. Resolves as `send`.
   * @throws {ChatError} `not_sent` as `send`, or for a message that is none of this conversation's.
   */
  async edit(messageId: string, text: string, context?: unknown): Promise<ReplyStream> {
    this.#checkMessage(text);
    const before = this.turns;
    const at = before.findIndex((turn) => questionIdOf(turn) === messageId);
    if (at < 0) throw new ChatError('not_sent', `"${messageId}" is no message of the visitor in this conversation.`);
    const dropped = before.slice(at).filter(isLeftOver);
    for (const turn of dropped) this.#outbox.takeBack(turn.reply);
    const reply = this.#ask(before.slice(0, at), text, { context, replaces: messageId });
    await reply.run();
    if (reply.phase === 'failed' && reply.messageId === undefined && this.turns.some((turn) => turn.reply === reply))
      this.change(before.filter((turn) => !dropped.includes(turn)));
    return reply;
  }

  /** Takes a message that waits for a network out of the conversation: its text; undefined where it has left already. */
  takeBack(turn: Turn): string | undefined {
    if (!this.#outbox.takeBack(turn.reply)) return undefined;
    this.change(this.turns.filter(({ key }) => key !== turn.key));
    return turn.question;
  }

  /** Asks the server what has become of the session: another tab may have gone on with it. */
  async refresh(): Promise<void> {
    if (this.#isLoading) return;
    const { signal } = this.#disposal;
    try {
      await this.#fetchNewest(signal);
    } catch {
      // What cannot be asked now is asked at the next occasion; what is shown stays.
    }
  }

  /**
   * Goes on where the last reply failed, or has it made again: resumes what was interrupted, repeats what was not
   * answered under the same key, regenerates what the server ended with an error. Never stores the question twice.
   */
  async retry(): Promise<void> {
    const last = this.turns.at(-1);
    if (!last || isLiving(last.reply.phase)) return;
    const { phase, messageId } = last.reply;
    // A version that was stopped before it began: what was asked for was another one, not the question.
    const earlier = phase === 'stopped' ? regenerable(last) : messageId;
    if (phase === 'interrupted' || earlier === undefined) return this.#rerun(last);
    return this.#regenerate(last, earlier);
  }

  /**
   * Has the last reply made again; what was said stays reachable as a variant of it. Without an id: the last one.
   * @throws {ChatError} `not_sent` where a reply is running, or for another than the last.
   */
  async regenerate(messageId?: string): Promise<void> {
    const last = this.turns.at(-1);
    if (this.running) throw stillRunning();
    if (!last || (messageId !== undefined && !answersAs(last, messageId))) {
      throw new ChatError('not_sent', `Only the last reply can be made again, and "${messageId ?? ''}" is not it.`);
    }
    const newest = regenerable(last);
    await (newest === undefined ? this.#rerun(last) : this.#regenerate(last, newest));
  }

  /** Fetches the messages before those that are shown; resolves to how many turns they are. Never rejects. */
  async loadEarlier(): Promise<number> {
    const { signal } = this.#disposal;
    const first = this.turns[0]?.key;
    let count = 0;
    do {
      const loading = this.#earlier.load(this.#options.transport(), this.#replies.sessionId, signal);
      this.notify();
      const snapshot = await loading;
      if (!snapshot) break;
      this.#merge(snapshot);
      const at = this.turns.findIndex(({ key }) => key === first);
      count = Math.max(0, at);
      // What this browser remembered was shown already.
    } while (count === 0 && this.#earlier.state === 'more');
    this.notify();
    return count;
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
    this.change(remembered.map((turn) => this.#recall(turn)));
    const timing = { ...this.#replies.timing(), random: this.#options.random ?? Math.random };
    const failure = await patiently(
      () => this.#fetchNewest(signal),
      timing,
      signal,
      ({ code }) => {
        if (code === 'session_not_found') this.#forgetIds();
      },
    );
    if (failure) this.#warn(failure);
    this.#isLoading = false;
    this.notify();
  }

  /** What this browser should remember; a refused message went back to its writer. */
  toStored(): readonly StoredTurn[] {
    return this.turns.filter((turn) => !isRefused(turn)).map(storedTurn);
  }

  /** Lets go of every connection and listener; the server is told nothing, so a running reply can be resumed. */
  dispose(): void {
    this.letGo();
    this.#disposal.abort();
    this.#outbox.close();
  }

  /** @throws {ChatError} `not_sent` */
  #checkMessage(text: string): void {
    if (text.trim() === '') throw new ChatError('not_sent', 'The message is empty.');
    if (this.running) throw stillRunning();
  }

  /** Adds a question behind these turns. */
  #ask(turns: readonly Turn[], question: string, { context, ...others }: TurnFields): ReplyStream {
    const fields = { ...others, context: plainContext(context) };
    const key = randomId();
    const createdAt = new Date(this.#options.date?.() ?? Date.now()).toISOString();
    const reply = this.#replies.create(sendAgain({ question, clientMessageId: key, ...fields }));
    this.change([...turns, turnOf(question, key, reply, { ...fields, createdAt })]);
    return reply;
  }

  /** A turn as this browser remembers it; what waited for a network waits again. */
  #recall(stored: StoredTurn): Turn {
    const turn = turnOfStored(stored);
    if (stored.phase !== 'idle') return turn;
    const reply = this.#replies.create(sendAgain(turn));
    void this.#outbox.add(reply);
    return { ...turn, reply };
  }

  async #rerun(turn: Turn): Promise<void> {
    const { messageId, text, cursor, phase, details } = turn.reply;
    const known = messageId === undefined ? undefined : { messageId, text, cursor, details };
    const runs = turn.reply instanceof ReplyStream && phase !== 'stopped';
    const reply = runs ? turn.reply : this.#replace(turn, sendAgain(turn), known);
    await reply.run();
    // The server has forgotten the reply that was to be resumed: the hand that asked for it asks for a new one.
    if (messageId !== undefined && reply.error?.code === 'reply_lost') await reply.run();
  }

  async #regenerate(turn: Turn, messageId: string): Promise<void> {
    const reply = this.#replies.create({ kind: 'regenerate', messageId, clientMessageId: randomId() });
    this.put(withVariant(turn, reply));
    await reply.run();
    const { status } = reply.error ?? {};
    if (reply.phase !== 'failed' || (status !== 404 && status !== 405)) return;
    // The server has forgotten the session, or knows no regeneration: the question itself is sent again.
    const current = this.turns.at(-1);
    if (current?.reply === reply) await this.#replace(current, sendAgain(turn)).run();
  }

  #replace(turn: Turn, request: ReplyRequest, known?: KnownReply): ReplyStream {
    const reply = this.#replies.create(request, known);
    this.put({ ...turn, reply });
    return reply;
  }

  /** @throws {ChatError} */
  async #fetchNewest(signal: AbortSignal): Promise<void> {
    const snapshot = await this.#earlier.fetchNewest(this.#options.transport(), this.#replies.sessionId, signal);
    if (!signal.aborted) this.#merge(snapshot);
  }

  /** Merges what the server has with what this page has begun meanwhile, and resumes the reply that is running. */
  #merge(snapshot: Snapshot): void {
    this.change(mergedTurns(snapshot, this.turns, (...found) => this.#resume(...found)));
    for (const { reply } of this.turns) {
      // Running on the server; what waits for a network has no name there yet.
      if (reply instanceof ReplyStream && reply.phase === 'idle' && reply.messageId !== undefined) void reply.run();
    }
  }

  /** The server has forgotten the session: what was interrupted can only be asked again. */
  #forgetIds(): void {
    this.change(this.turns.map((turn) => ({ ...turn, reply: withoutId(turn.reply) })));
  }

  #resume(message: Message, content: string, clientMessageId: string): ReplyStream {
    return this.#replies.create({ kind: 'send', message: { content, clientMessageId } }, knownReplyOf(message));
  }

  #warn(failure: ChatError): void {
    // A session that was never used, or that the server has forgotten, is no fault of anybody's.
    if (failure.code === 'session_not_found' || failure.code === 'aborted') return;
    this.#options.onWarning?.(`The earlier messages could not be loaded. ${failure.message}`);
  }
}

const stillRunning = (): ChatError =>
  new ChatError('not_sent', 'A reply is running: wait for its end, or stop it first.');
