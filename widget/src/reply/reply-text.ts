import { type ChatEvent, type EndEvent, type Message, PROTOCOL_VERSION, type StartEvent } from '../protocol/index.js';
import { ChatError, errorOfReply, unsupportedProtocol } from './errors.js';
import { detailsAfter, detailsOfMessage, detailsOfStart, NO_DETAILS, type ReplyDetails } from './reply-details.js';

/** What an event meant for the reply. */
export type Applied =
  | { readonly kind: 'ignored'; readonly why?: string }
  /** Seen before: a replay overlaps. */
  | { readonly kind: 'duplicate' }
  /** Something before it is missing: it must not be shown, and no end be believed. It was missing here before. */
  | { readonly kind: 'gap'; readonly isSecondLook: boolean }
  | { readonly kind: 'started'; readonly start: StartEvent }
  | { readonly kind: 'changed' }
  | { readonly kind: 'ended'; readonly end: EndEvent; readonly exact: boolean }
  | { readonly kind: 'failed'; readonly error: ChatError };

/** UTF-16 code units of a reply; what would pass it is not taken. Models end at a tenth of it, pages suffer far below. */
export const MAX_REPLY_LENGTH = 2_097_152;

/** What is known of a reply already, where it is continued after a reload. */
export interface KnownReply {
  readonly messageId: string;
  readonly text: string;
  readonly cursor: number;
  readonly details?: ReplyDetails;
}

/** What the server has of a reply that is running. */
export const knownReplyOf = (message: Message): KnownReply => ({
  messageId: message.id,
  text: message.content,
  cursor: message.lastEventId,
  details: detailsOfMessage(message),
});

/**
 * The text of one reply and the cursor it stands at, built from events however they come: twice, with a foreign reply
 * in between, or all over again. The text is always an exact prefix of what the server produced.
 */
export class ReplyText {
  text: string;
  messageId: string | undefined;
  /** Id of the last event that counted: where a resumption continues. */
  cursor: number;
  details: ReplyDetails;
  /** Another reply's `start` came in between: its tokens are not ours. */
  #foreign = false;
  /** This connection's stream begins with a `start` of its own choice. */
  #fresh = false;

  /** The cursor at which something was missing. */
  #gapAt: number | undefined;

  constructor(known?: KnownReply) {
    this.text = known?.text ?? '';
    this.messageId = known?.messageId;
    this.cursor = known?.cursor ?? 0;
    this.details = known?.details ?? NO_DETAILS;
  }

  /** A connection that asks for a whole reply: the `start` it brings names it, even if it is another one than before. */
  expectStart(): void {
    this.#fresh = true;
    this.#foreign = false;
  }

  /** A connection that continues at the cursor. */
  expectRest(): void {
    this.#fresh = false;
    this.#foreign = false;
  }

  /** What the server stored takes the place of what arrived. @throws {ChatError} `reply_too_long` */
  adopt(message: Message): void {
    const { content, lastEventId } = message;
    if (content.length > MAX_REPLY_LENGTH) throw tooLong();
    this.text = content;
    this.cursor = lastEventId;
    this.details = detailsOfMessage({ suggestions: this.details.suggestions, ...message });
  }

  /** The reply was stopped there: what came beyond it is no part of it. */
  keep(length: number): void {
    this.text = this.text.slice(0, length);
  }

  /** The server does not know the reply any more: the next `start` begins another one. Until then the text stays. */
  forgetReply(): void {
    this.messageId = undefined;
    this.cursor = 0;
  }

  apply(event: ChatEvent, id: number | undefined): Applied {
    if (event.type === 'start') return this.#start(event, id);
    if (this.#foreign || this.#isForeign(event)) {
      if (event.type === 'end' || event.type === 'error') this.#foreign = false;
      return { kind: 'ignored', why: `an event "${event.type}" of another message` };
    }
    if (id !== undefined && id <= this.cursor) return { kind: 'duplicate' };
    if (this.#leavesGap(event)) return this.#gap();
    const text = this.#textWith(event);
    if (text.length > Math.max(MAX_REPLY_LENGTH, this.text.length)) return { kind: 'failed', error: tooLong() };
    if (id !== undefined) this.cursor = id;
    this.text = text;
    this.details = detailsAfter(this.details, event);
    switch (event.type) {
      case 'end':
        return { kind: 'ended', end: event, exact: event.length === undefined || event.length === this.text.length };
      case 'error':
        return { kind: 'failed', error: errorOfReply(event) };
      default:
        return { kind: 'changed' };
    }
  }

  #start(start: StartEvent, id: number | undefined): Applied {
    const isOther = this.messageId !== undefined && start.messageId !== this.messageId;
    if (isOther && !this.#fresh) {
      this.#foreign = true;
      return { kind: 'ignored', why: `a second "start", of message ${start.messageId}` };
    }
    const { protocol = PROTOCOL_VERSION } = start;
    if (protocol > PROTOCOL_VERSION) return { kind: 'failed', error: unsupportedProtocol(protocol) };
    this.#foreign = false;
    const isAgain = !isOther && this.messageId !== undefined;
    if (isAgain && !start.reset && (id !== undefined || !this.#fresh)) {
      // The same reply from its beginning: what is known of it is dropped by its ids.
      this.#fresh = false;
      return { kind: 'ignored' };
    }
    this.#fresh = false;
    this.messageId = start.messageId;
    this.text = '';
    this.cursor = id ?? 0;
    this.details = detailsOfStart(start);
    return { kind: 'started', start };
  }

  #gap(): Applied {
    const isSecondLook = this.messageId !== undefined && this.#gapAt === this.cursor;
    this.#gapAt = this.cursor;
    return { kind: 'gap', isSecondLook };
  }

  /** Something before it is missing: words, or the `start` that names their reply. */
  #leavesGap(event: ChatEvent): boolean {
    if (event.type !== 'token' && event.type !== 'replace' && event.type !== 'end') return false;
    if (this.messageId === undefined) return true;
    return event.type === 'token' && event.at !== undefined && event.at > this.text.length;
  }

  #textWith(event: ChatEvent): string {
    if (event.type === 'replace') return event.content;
    if (event.type !== 'token') return this.text;
    // Where it overlaps with what is here, only what goes beyond it is new.
    return this.text + event.content.slice(this.text.length - (event.at ?? this.text.length));
  }

  #isForeign(event: ChatEvent): boolean {
    return 'messageId' in event && this.messageId !== undefined && event.messageId !== this.messageId;
  }
}

const tooLong = (): ChatError =>
  new ChatError(
    'reply_too_long',
    `The reply is longer than ${MAX_REPLY_LENGTH} characters, so the rest was left out. Have the server end replies earlier (maxReplyLength).`,
  );
