import { dispatch } from '../events.js';
import {
  type ChatError,
  type ChatErrorCode,
  type Conversation,
  isLiving,
  type ReplyPhase,
  ReplyStream,
  type ShownReply,
} from '../reply/index.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import type { Announcer } from './announcer.js';
import { noticeFor } from './notices.js';
import type { ReplySpeech } from './reply-speech.js';

interface Context {
  readonly host: HTMLElement;
  readonly announcer: Announcer;
  readonly speech: ReplySpeech;
  /** Where nobody sees the conversation, nothing of it is heard but that a reply has come. */
  readonly panel: { readonly isClosed: boolean; arrived(): void };
  /** Looked up at each change: both may be other ones by then. */
  strings(): Strings;
  /** The page keeps the notice of this failure away. */
  silence(reply: ShownReply): void;
  /** The line was lost, and the reply goes on. */
  goesOn(reply: ShownReply): void;
  /** Puts texts into the field. */
  giveBack(text: string): void;
}

/** Tells the page and the screen reader what happens to the newest reply: each change of its phase once. */
export class ConversationEvents {
  readonly #context: Context;
  readonly #warned = new Set<string>();
  #reply: ShownReply | undefined;
  #phase: ReplyPhase = 'idle';
  #wait: ShownReply['waiting'];
  /** Why the reply waits, or waited last. */
  #waitsFor: ChatErrorCode | undefined;
  #hasStarted = false;
  #told = 0;
  /** A message waits for a network. */
  #isOffline = false;
  readonly #hasMeasured = new WeakSet<ShownReply>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Called after every change of the conversation. Replies that were over when they were first seen are no news. */
  changed(conversation: Conversation): void {
    // Messages that wait for a network are not begun. (Others are not, either, but only for a moment.)
    const wasOffline = this.#isOffline;
    this.#isOffline = !navigator.onLine && conversation.turns.at(-1)?.reply.phase === 'idle';
    if (this.#isOffline && !wasOffline) this.#note(this.#context.strings().offlineText);
    const reply = conversation.turns.findLast((turn) => turn.reply.phase !== 'idle')?.reply;
    if (reply !== this.#reply) {
      if (this.#reply?.phase === 'interrupted') this.#measured(this.#reply);
      this.#reply = reply;
      this.#phase = reply && !isLiving(reply.phase) ? reply.phase : 'idle';
      this.#wait = this.#waitsFor = undefined;
      this.#hasStarted = false;
      this.#told = reply?.text.length ?? 0;
    }
    if (!reply) return;
    const { host } = this.#context;
    if (!this.#hasStarted && reply.messageId !== undefined && isLiving(reply.phase)) {
      this.#hasStarted = true;
      dispatch(host, 'chat-start', { messageId: reply.messageId });
    }
    if (reply.phase === this.#phase && reply.waiting === this.#wait) return;
    const isNewPhase = reply.phase !== this.#phase;
    const hasWaited = this.#phase === 'reconnecting';
    this.#phase = reply.phase;
    this.#wait = reply.waiting;
    dispatch(host, 'chat-status', {
      status: reply.phase,
      ...(reply.waiting && { attempt: reply.waiting.attempt, retryInMs: reply.waiting.until - reply.waiting.since }),
    });
    if (isNewPhase && hasWaited && reply.phase === 'streaming') this.#goesOn(reply);
    if (reply.phase === 'reconnecting') this.#waitsFor = reply.error?.code;
    if (isNewPhase) this.#entered(reply);
  }

  /** Nothing more is heard of it; what it leaves unsent can be sent to another. */
  left(unsent: string): void {
    this.#context.speech.drop();
    this.#context.giveBack(unsent);
  }

  /** Called after words were written to the page, which took so long. */
  committed(durationMs = 0): void {
    const reply = this.#reply;
    if (reply instanceof ReplyStream) reply.meter.rendered(durationMs);
    this.#context.speech.grew();
    if (!reply || reply.messageId === undefined || reply.text.length <= this.#told) return;
    const text = reply.text.slice(this.#told);
    this.#told = reply.text.length;
    dispatch(this.#context.host, 'chat-token', { messageId: reply.messageId, text });
  }

  /** Something for the console: once for each text. */
  warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    console.warn(`<chat-stream>: ${message}`);
  }

  #entered(reply: ShownReply): void {
    const { host, speech, panel } = this.#context;
    const { isClosed } = panel;
    const strings = this.#context.strings();
    switch (reply.phase) {
      case 'connecting':
        return isClosed ? undefined : speech.began();
      case 'reconnecting':
        return this.#note(reply.error?.code === 'rate_limited' ? strings.errRate : strings.reconnectTitle);
      case 'done':
      case 'stopped': {
        this.committed();
        const reason = reply.phase === 'done' ? 'complete' : 'stopped';
        if (reason === 'complete' && isClosed) panel.arrived();
        else if (reason === 'complete') speech.ended();
        else if (!isClosed) speech.interrupt(strings.saStopped);
        dispatch(host, 'chat-end', { messageId: reply.messageId ?? '', reason, text: reply.text });
        return this.#measured(reply);
      }
      case 'failed':
        this.#failed(reply, strings);
        return this.#measured(reply);
      case 'interrupted':
        // It may go on: its measurements are told when it is over, or left for another.
        return this.#failed(reply, strings);
      case 'idle':
      case 'streaming':
        return;
    }
  }

  #goesOn(reply: ShownReply): void {
    const { rateOver, reconnected } = this.#context.strings();
    if (this.#waitsFor === 'rate_limited') return this.#note(rateOver);
    // What had not begun, does not go on: its words say that it is there.
    if (this.#waitsFor === 'reply_in_progress' || reply.text === '') return;
    this.#note(reconnected);
    this.#context.goesOn(reply);
  }

  /** Heard beside the reply, by whoever sees it. */
  #note(text: string): void {
    if (!this.#context.panel.isClosed) this.#context.speech.note(text);
  }

  #measured(reply: ShownReply): void {
    if (!(reply instanceof ReplyStream) || this.#hasMeasured.has(reply)) return;
    this.#hasMeasured.add(reply);
    dispatch(this.#context.host, 'chat-metrics', { messageId: reply.messageId, ...reply.metrics() });
  }

  #failed(reply: ShownReply, strings: Strings): void {
    this.#context.speech.drop();
    const { error, messageId } = reply;
    if (!error) return;
    this.warn(describe(error));
    const { code, message, retryable } = error;
    const detail = { code, message, retryable, ...(messageId !== undefined && { messageId }) };
    if (!dispatch(this.#context.host, 'chat-error', detail, { cancelable: true })) return this.#context.silence(reply);
    const notice = noticeFor(reply, strings, 0);
    if (this.#context.panel.isClosed) return this.#context.panel.arrived();
    if (!notice) return;
    const { title, text } = notice;
    this.#context.announcer.say(format(strings.titleAndText, { title, text }, strings.lang), 'alert');
  }
}

const describe = ({ code, message, status }: ChatError): string =>
  `${message} (${code}${status === undefined ? '' : `, HTTP ${status}`})`;
