import type { Router } from 'express';
import { z } from 'zod';
import { type Clock, systemClock } from './clock.js';
import { RETRY_AFTER_MS } from './http/problem.js';
import type { Auth } from './http/auth.js';
import type { Limits } from './http/limits.js';
import { routes } from './http/router.js';
import type { Admit, Feedback } from './http/router-context.js';
import { MAX_CONTENT_LENGTH } from './http/validate.js';
import { memoryLog } from './log/memory.js';
import type { SessionLog } from './log/session-log.js';
import { createLogger, type Logger } from './logger.js';
import type { Measured, Metrics } from './metrics.js';
import { delayMs, delayMsOrInfinity, readOptions, wholeNumber } from './options.js';
import { FlushTicker } from './replies/flush-ticker.js';
import { Replies } from './replies/replies.js';
import type { ReplyLimits } from './replies/reply-limits.js';
import { checkedResponder } from './responders/checked.js';
import type { Responder } from './responders/responder.js';

/** Options of {@link createChatRouter}; all but `respond` may be left out. */
export interface ChatRouterOptions extends Partial<ReplyLimits> {
  /** What answers. */
  readonly respond: Responder;
  /**
   * Origins whose pages may use the chat, e.g. `https://shop.example`; `*` lets any. Pages of the server's own origin
   * always may. Default: none else.
   */
  readonly origins?: readonly string[];
  /** Who may use which session: one of `chat-stream-server/auth`. Default: whoever knows a session's id. */
  readonly auth?: Auth;
  /** How much visitors may ask for: `visitorLimits()` of `chat-stream-server/limits`. Default: as much as they like. */
  readonly limits?: Limits;
  /** Asked before a session's first message; where it says no, the message is refused with `not_admitted`. */
  readonly admit?: Admit;
  /** Where sessions live. Default: {@link memoryLog}, gone with the process. */
  readonly log?: SessionLog;
  /** Default: pino, JSON lines on standard output. */
  readonly logger?: Logger;
  /**
   * A byte is sent at least this often, so that proxies keep the line open and clients notice a dead one. Milliseconds,
   * default 14,000: after 2.5 of them, 35 s, a line counts as dead.
   */
  readonly heartbeatMs?: number;
  /** Base of the client's back-off after a cut, in milliseconds. Default 1,000. */
  readonly retryMs?: number;
  /** Tokens are gathered for so long before they are sent together; one after a pause is sent at once. Default 40 ms. */
  readonly flushMs?: number;
  /** Unicode code points of one message at the most. Default 8,000. */
  readonly maxContentLength?: number;
  /** Replies that may run at once in this process; beyond, 503. Default 1,000. */
  readonly maxRunning?: number;
  /**
   * Bytes that may wait for one reader: it is handed no more until it has taken them. Default 256 KiB. Node itself lets a
   * socket hold 16 KiB (64 KiB from version 22 on): less than that and one event does not bound it further.
   */
  readonly maxUnsentBytes?: number;
  /** A reader that has not taken what it was handed for so long is dropped, and can resume. Default 30,000 ms. */
  readonly slowReaderTimeoutMs?: number;
  /** Told to clients in `GET /config`. Default: none. */
  readonly greeting?: string;
  /** Questions to begin with, told likewise. Default: none. */
  readonly suggestions?: readonly string[];
  /**
   * Called for each vote on a reply. A promise is waited for: where it fails, the visitor is told that the vote was not
   * taken. Default: it is only logged.
   */
  readonly onFeedback?: (feedback: Feedback) => unknown;
  /** Takes what is measured, and is shown under `GET /metrics`. Default: none, and no such path. */
  readonly metrics?: Metrics;
  /** Who sends it as a bearer token may read the metrics. Default: none, and only the server's own machine may. */
  readonly metricsToken?: string;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

const numbersSchema = z.object({
  heartbeatMs: delayMs(1).default(14_000),
  retryMs: delayMs(1).default(1_000),
  flushMs: delayMs(0).default(40),
  maxContentLength: wholeNumber({ min: 1 }).default(MAX_CONTENT_LENGTH),
  maxRunning: wholeNumber({ min: 1 }).default(1_000),
  maxUnsentBytes: wholeNumber({ min: 1 }).default(256 * 1024),
  slowReaderTimeoutMs: delayMs(1).default(30_000),
  orphanTimeoutMs: delayMsOrInfinity(1).default(60_000),
  maxDurationMs: delayMsOrInfinity(1).default(5 * 60_000),
  maxReplyLength: wholeNumber({ min: 1, orInfinity: true }).default(200_000),
});

/** How long running replies are given when the server closes: with what their readers need then, it is gone in 10 s. */
export const CLOSE_GRACE_MS = 8_000;

/** An Express router, and the way to let its replies end. */
export interface ChatRouter extends Router {
  /** Takes no new replies, gives running ones `graceMs` (default 8,000) to finish, then ends them; resolves when all have. */
  closeReplies(graceMs?: number): Promise<void>;
}

/**
 * The chat's endpoints for an Express 5 app.
 *
 * ```ts
 * const app = express();
 * app.use('/chat', createChatRouter({ respond: demoResponder(), origins: ['https://shop.example'] }));
 * ```
 * @throws {TypeError} where `respond` is no function, an origin is none, or a number is out of its range.
 */
export function createChatRouter(options: ChatRouterOptions): ChatRouter {
  const numbers = readOptions('createChatRouter', numbersSchema, options);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? memoryLog({ clock });
  const logger = options.logger ?? createLogger();
  const { metrics } = options;
  const record = (measured: Measured) => metrics?.record(measured);
  const respond = checkedResponder(options.respond);
  const replies = new Replies({
    respond: options.limits?.metered(respond) ?? respond,
    log,
    logger,
    clock,
    record,
    ticker: new FlushTicker({ intervalMs: numbers.flushMs, clock }),
    limits: numbers,
    maxRunning: numbers.maxRunning,
  });
  const router = routes({
    log,
    replies,
    logger,
    clock,
    origins: options.origins ?? [],
    ...(options.auth && { auth: options.auth }),
    ...(options.limits && { limits: options.limits }),
    ...(options.admit && { admit: options.admit }),
    ...numbers,
    ...(options.greeting !== undefined && { greeting: options.greeting }),
    ...(options.suggestions && { suggestions: options.suggestions }),
    ...(options.onFeedback && { onFeedback: options.onFeedback }),
    ...(metrics && { metrics }),
    ...(options.metricsToken !== undefined && { metricsToken: options.metricsToken }),
    record,
  });
  return Object.assign(router, {
    closeReplies: (graceMs = CLOSE_GRACE_MS) => replies.close(graceMs, RETRY_AFTER_MS),
  });
}
