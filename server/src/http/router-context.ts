import type { Clock } from '../clock.js';
import type { SessionLog } from '../log/session-log.js';
import type { Logger } from '../logger.js';
import type { Measured, Metrics } from '../metrics.js';
import type { Replies } from '../replies/replies.js';
import type { Auth } from './auth.js';

export interface Feedback {
  readonly sessionId: string;
  readonly messageId: string;
  readonly rating: 'up' | 'down';
  readonly comment?: string;
}

/** What the endpoints work with. */
export interface RouterContext {
  readonly log: SessionLog;
  readonly replies: Replies;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly origins: readonly string[];
  readonly auth?: Auth;
  readonly heartbeatMs: number;
  readonly retryMs: number;
  readonly maxContentLength: number;
  readonly maxUnsentBytes: number;
  readonly slowReaderTimeoutMs: number;
  readonly greeting?: string;
  readonly suggestions?: readonly string[];
  readonly onFeedback?: (feedback: Feedback) => void;
  readonly metrics?: Metrics;
  readonly record: (measured: Measured) => void;
}
