import type { DataEvent } from '../protocol/index.js';
import type { Clock, Connectivity } from './clock.js';
import type { RetryPolicy } from './retry.js';
import type { RetryBudget } from './retry-budget.js';
import type { Transport } from './transport.js';

/** What a conversation needs to run. */
export interface ConversationOptions {
  /** Asked for each reply: one that runs stays with what it began with. */
  readonly transport: () => Transport;
  readonly sessionId: string;
  readonly clock?: Clock;
  readonly connectivity?: Connectivity;
  readonly random?: () => number;
  readonly policy?: () => RetryPolicy;
  /** Shared by all that try again on a page. Default: one of this conversation's own. */
  readonly budget?: RetryBudget;
  readonly onWarning?: (message: string) => void;
  /** Told of the site's own payloads in a reply, each once. */
  readonly onData?: (event: DataEvent, messageId: string | undefined) => void;
  /** Milliseconds since the epoch, for the days of messages. Default: the device's. */
  readonly date?: () => number;
}
