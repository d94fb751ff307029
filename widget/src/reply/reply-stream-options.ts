import type { DataEvent } from '../protocol/index.js';
import type { Clock, Connectivity } from './clock.js';
import type { ChatError } from './errors.js';
import type { KnownReply } from './reply-text.js';
import type { RetryPolicy } from './retry.js';
import type { RetryBudget } from './retry-budget.js';
import type { ReplyRequest, Transport } from './transport.js';

/** What a `ReplyStream` is made of; clock, network and chance are the page's own unless they are given. */
export interface ReplyStreamOptions {
  readonly transport: Transport;
  readonly sessionId: string;
  readonly request: ReplyRequest;
  readonly known?: KnownReply;
  readonly clock?: Clock;
  readonly connectivity?: Connectivity;
  readonly random?: () => number;
  readonly policy?: RetryPolicy;
  /** Shared by all that try again on a page. Default: one of this reply's own. */
  readonly budget?: RetryBudget;
  /**
   * The session has ended before it took this message: another one to send it to, or undefined where the visitor is to
   * be told. Never rejects: resolves to why there is none now, where there may be one with the next try.
   */
  readonly renewSession?: (refusal: ChatError, signal: AbortSignal) => Promise<string | ChatError | undefined>;
  /** Told of what a server did against the protocol; for the console. */
  readonly onWarning?: (message: string) => void;
  /** Told of the site's own payloads, each once. */
  readonly onData?: (event: DataEvent, messageId: string | undefined) => void;
}
