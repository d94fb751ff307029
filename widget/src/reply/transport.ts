import type { ChatEvent, Snapshot } from '../protocol/index.js';
import type { ChatError } from './errors.js';

/** A message on its way to the server. */
export interface OutgoingMessage {
  readonly content: string;
  /** Names the intent: however often it is sent, the server stores and answers it once. */
  readonly clientMessageId: string;
  /** The user's message this one replaces. */
  readonly replaces?: string;
  /** What the page adds for the responder. */
  readonly context?: unknown;
}

/** What a reply is asked for with. */
export type ReplyRequest =
  | { readonly kind: 'send'; readonly message: OutgoingMessage }
  | { readonly kind: 'regenerate'; readonly messageId: string; readonly clientMessageId: string }
  /** A reply that exists: everything after the event `after`. */
  | { readonly kind: 'resume'; readonly messageId: string; readonly after: number };

/** What a transport hands on, in the order it came. */
export type Received =
  /** The server has answered. `v1`: it takes repeats and resumptions. */
  | { readonly kind: 'opened'; readonly v1: boolean }
  | { readonly kind: 'event'; readonly event: ChatEvent; readonly id?: number }
  /** The server's wish for the base of the back-off, in milliseconds. */
  | { readonly kind: 'retry'; readonly retryMs: number }
  /** An event that was no valid one; for the console. */
  | { readonly kind: 'skipped'; readonly reason: string }
  /** The stream is held back on its way; from now on the reply is fetched piece by piece. */
  | { readonly kind: 'polling' }
  /** The reply is over, and nothing of it lies after the cursor. */
  | { readonly kind: 'nothing-left' };

/** What became of a stop. */
export interface StopResult {
  /** How the reply ended: it may have been whole before the stop came. */
  readonly isComplete: boolean;
  /** UTF-16 code units the server stored, where it tells. */
  readonly length?: number;
}

/** Which messages of a session. */
export interface HistoryPage {
  /** How many at the most. */
  readonly limit: number;
  /** Only those before this message. */
  readonly before?: string;
}

/** A visitor's vote on a reply. */
export interface Vote {
  readonly rating: 'up' | 'down';
  readonly comment?: string;
}

/** The way to a server. One implementation speaks this project's protocol; a page may bring its own. */
export interface Transport {
  /**
   * Opens a stream: one array for each read from the network, empty where that was a mere sign of life. Ends when the body ends, whether the reply has or not;
   * throws only `ChatError`. Leaving the iteration closes the connection, which never stops the reply.
   */
  open(sessionId: string, request: ReplyRequest, signal: AbortSignal): AsyncIterable<readonly Received[]>;
  /** Asks the server to stop generating, and to keep `length` UTF-16 code units of the text. @throws {ChatError} */
  stop(sessionId: string, messageId: string, length: number): Promise<StopResult>;
  /**
   * The newest messages, or the newest before one; without a page as many as the server gives at once.
   * @throws {ChatError} `session_not_found` where the server knows no such session.
   */
  history(sessionId: string, signal: AbortSignal, page?: HistoryPage): Promise<Snapshot>;
  /**
   * Whether a message may be sent again under its key without being answered twice. Asks the server where nothing is
   * known of it. @throws {ChatError} where it cannot be reached.
   */
  mayRepeat(signal: AbortSignal): Promise<boolean>;
  /**
   * Has the server begin a session, after it refused a message to one it does not know for this visitor: its id; undefined
   * where any new id will do. Left out: any will. @throws {ChatError}
   */
  begin?(refusal: ChatError, signal: AbortSignal): Promise<string | undefined>;
  /** Tells the server what the visitor thinks of a reply. Left out: the page is told alone. @throws {ChatError} */
  feedback?(sessionId: string, messageId: string, vote: Vote): Promise<void>;
}
