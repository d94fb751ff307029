/**
 * The events of `chat-stream/1`: what travels in the `data:` of a server-sent event, one JSON object each.
 *
 * A reply is one `start`, then events, then exactly one terminal event (`end` or `error`), then nothing.
 * Types and fields that are not listed here are ignored, so that a newer server can talk to an older client.
 */

/** Why a reply ended. `length` and `filtered` come from the model; `stopped` from the visitor. */
export type EndReason = 'complete' | 'stopped' | 'length' | 'filtered';

/** Opens a reply. Sent before retrieval or the model begins, so that the client knows it was heard. */
export interface StartEvent {
  readonly type: 'start';
  readonly messageId: string;
  /** Protocol version of the stream; absent from a server that speaks the four plain events only. */
  readonly protocol?: number;
  readonly userMessageId?: string;
  readonly clientMessageId?: string;
  /** The server promises a byte at least this often, in milliseconds; absent: it promises nothing. */
  readonly heartbeatMs?: number;
  /** ISO 8601, the server's clock. */
  readonly createdAt?: string;
  /** The reply this one is another version of. */
  readonly variantOf?: string;
  /** Drop what is shown of this message: its whole text follows. */
  readonly reset?: true;
}

/** More text of the reply. Never splits a surrogate pair. */
export interface TokenEvent {
  readonly type: 'token';
  readonly content: string;
  /**
   * Where `content` begins in the reply's text, in UTF-16 units. Ids may have gaps, so they cannot tell a lost token; this
   * does: a client whose text has another length has missed something, and resumes instead of rendering over the gap.
   */
  readonly at?: number;
  /** Not sent by this project's server; where another server names the message, it must be the one that was started. */
  readonly messageId?: string;
}

/** Terminal: the reply is whole (or ended early for `reason`). */
export interface EndEvent {
  readonly type: 'end';
  readonly messageId?: string;
  /** Default `complete`. */
  readonly reason?: EndReason;
  /** UTF-16 code units of all content of the reply: the client's integrity check. */
  readonly length?: number;
  /** What the model charged, as its server reported it. */
  readonly usage?: Readonly<Record<string, number>>;
}

/** Terminal: the reply failed. What arrived stays. */
export interface ErrorEvent {
  readonly type: 'error';
  /** One sentence for developers; never an upstream's own words. Visitors read the widget's string for `code`. */
  readonly error: string;
  readonly messageId?: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

/** A passage the reply quotes; the text cites it as `[id]`. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
  readonly snippet?: string;
  readonly score?: number;
}

/** Where the words that follow come from; before the first token. */
export interface SourcesEvent {
  readonly type: 'sources';
  readonly sources: readonly Source[];
}

/** Swaps the whole text of the reply, e.g. after moderation. */
export interface ReplaceEvent {
  readonly type: 'replace';
  readonly content: string;
  readonly reason?: string;
}

/** What a server may say it is doing, before or between words. */
export const STATUS_KINDS = ['queued', 'searching', 'thinking', 'tool', 'typing'] as const;

/** What the server is doing before or between tokens. */
export interface StatusEvent {
  readonly type: 'status';
  readonly status: (typeof STATUS_KINDS)[number];
  readonly label?: string;
}

/** Questions to offer next. */
export interface SuggestionsEvent {
  readonly type: 'suggestions';
  readonly suggestions: readonly string[];
}

/** The site's own payload, handed to the page as a `chat-data` event. */
export interface DataEvent {
  readonly type: 'data';
  readonly name: string;
  readonly data: unknown;
}

/** An event of a stream. */
export type ChatEvent =
  | StartEvent
  | TokenEvent
  | EndEvent
  | ErrorEvent
  | SourcesEvent
  | ReplaceEvent
  | StatusEvent
  | SuggestionsEvent
  | DataEvent;

/** The last event of a reply: nothing comes after it. */
export type TerminalEvent = EndEvent | ErrorEvent;

/** Ends its reply: nothing of the reply follows. */
export const isTerminal = (event: ChatEvent): event is TerminalEvent => event.type === 'end' || event.type === 'error';

/** Who a message is from. */
export type MessageRole = 'user' | 'assistant';

/**
 * `streaming`: still growing. `complete`, `stopped`, `error`: ended that way. `superseded`: an edit or another
 * version took its place.
 */
export type MessageStatus = 'streaming' | 'complete' | 'stopped' | 'error' | 'superseded';

/** A stored message, as `GET /sessions/{s}/messages` lists it. */
export interface Message {
  readonly id: string;
  readonly role: MessageRole;
  readonly content: string;
  readonly status: MessageStatus;
  /** ISO 8601, the server's clock. */
  readonly createdAt: string;
  /** The key under which the client sent it: a repeat of the request joins, it does not generate again. */
  readonly clientMessageId?: string;
  /** For an assistant's message: the user's message it answers. */
  readonly parentId?: string;
  /** The assistant's message this one is another version of. */
  readonly variantOf?: string;
  readonly sources?: readonly Source[];
  /** Questions that its reply offered. */
  readonly suggestions?: readonly string[];
  /** For `status: 'error'`: what happened. */
  readonly error?: { readonly code: string; readonly retryable: boolean };
  /** The event after which a stream of this message continues. */
  readonly lastEventId: number;
}

/** A session's messages and the cursor that continues them. */
export interface Snapshot {
  /** Oldest first. */
  readonly data: readonly Message[];
  /** Position of the session's log when the snapshot was taken. */
  readonly lastEventId: number;
  /** The reply that is running, if one is. */
  readonly activeMessageId?: string;
  /** Whether older messages exist before these. */
  readonly hasMore: boolean;
}
