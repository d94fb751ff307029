import type { Clock } from '../clock.js';
import type { SessionLog } from '../log/session-log.js';
import type { Logger } from '../logger.js';
import type { Measured, Metrics } from '../metrics.js';
import type { Replies } from '../replies/replies.js';
import type { Request } from 'express';
import type { Auth } from './auth.js';
import type { Limits } from './limits.js';

/** A visitor's vote on a reply. */
export interface Feedback {
  readonly sessionId: string;
  /** The reply that was voted on. */
  readonly messageId: string;
  readonly rating: 'up' | 'down';
  /** At most 2,000 UTF-16 code units, as the visitor wrote them. */
  readonly comment?: string;
}

/**
 * Whether a visitor is let in: asked before the first message of each session, e.g. for a proof that a human writes. What
 * the page has added to the message is in `request.body.context`.
 */
export type Admit = (request: Request) => boolean | Promise<boolean>;

/** What the endpoints work with. */
export interface RouterContext {
  readonly log: SessionLog;
  readonly replies: Replies;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly origins: readonly string[];
  readonly auth?: Auth;
  readonly limits?: Limits;
  readonly admit?: Admit;
  readonly heartbeatMs: number;
  readonly retryMs: number;
  readonly maxContentLength: number;
  readonly maxUnsentBytes: number;
  readonly slowReaderTimeoutMs: number;
  readonly greeting?: string;
  readonly suggestions?: readonly string[];
  readonly onFeedback?: (feedback: Feedback) => unknown;
  readonly metrics?: Metrics;
  readonly metricsToken?: string;
  readonly record: (measured: Measured) => void;
}
