import type { ChatEvent, EndReason, Message, ReplyErrorCode } from 'chat-stream/protocol';

/** What a responder is asked to answer. */
export interface Turn {
  readonly sessionId: string;
  /** The user's message to answer. */
  readonly message: Message;
  /** The conversation up to and including `message`, oldest first; superseded versions are left out. */
  readonly messages: readonly Message[];
  /** What the page added to this message (`context` of the request), as it came: untrusted. */
  readonly context?: unknown;
  /** Aborts when the visitor stops the reply, nobody reads it any more, or the server shuts down. */
  readonly signal: AbortSignal;
}

/** Anything of a reply but its frame: `start` and `error` are the server's own, `end` only says how it ended. */
export type ResponderEvent =
  | Exclude<ChatEvent, { type: 'start' | 'end' | 'error' }>
  | { readonly type: 'end'; readonly reason?: EndReason; readonly usage?: Readonly<Record<string, number>> };

/**
 * Answers one turn: an async generator of text and events. `streamText({…}).textStream` of the AI SDK is one as it is.
 * It should return soon after `signal` aborts. What it throws ends the reply with an `error` event: a
 * {@link ResponderError} with its code, anything else as `internal`, and never with its own words.
 *
 * ```ts
 * const respond: Responder = async function* ({ message }) {
 *   yield `You said: ${message.content}`;
 * };
 * ```
 */
export type Responder = (turn: Turn) => AsyncIterable<string | ResponderEvent>;

/** A failure a responder foresees. Its message and cause are for the log; the visitor is told by `code`. */
export class ResponderError extends Error {
  override readonly name = 'ResponderError';
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** What the model has used all the same; counted as that of an `end` is. */
  readonly usage: Readonly<Record<string, number>> | undefined;
  constructor(
    readonly code: ReplyErrorCode,
    message: string,
    options: ErrorOptions & {
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      readonly usage?: Readonly<Record<string, number>>;
    } = {},
  ) {
    super(message, options);
    this.retryable = options.retryable ?? true;
    this.retryAfterMs = options.retryAfterMs;
    this.usage = options.usage;
  }
}
