import type { Request, RequestHandler } from 'express';
import type { Responder } from '../responders/responder.js';
import { RequestError } from './problem.js';

/** Why a request is refused now, and when to come again. */
export interface Refusal {
  /** `rate_limited`: too many of them; `overloaded`: too much at once; `budget_spent`: nothing more today. */
  readonly code: 'rate_limited' | 'overloaded' | 'budget_spent';
  /** One sentence for developers. */
  readonly detail: string;
  /** Milliseconds after which it may be asked again. */
  readonly retryAfterMs: number;
}

/** How much visitors may ask for. `chat-stream-server/limits` has one. */
export interface Limits {
  /** Counts a request, whatever it is for; undefined where it may go on. Never rejects: what can't be counted goes on. */
  takeRequest(address: string): Promise<Refusal | undefined>;
  /** Counts a message that is to be answered, or a session that begins: then without its id. */
  takeMessage(address: string, sessionId?: string): Promise<Refusal | undefined>;
  /** Counts an answer that stays open, until the returned function is called. */
  openStream(address: string): Refusal | (() => void);
  /** The same responder, whose tokens are counted. */
  metered(respond: Responder): Responder;
}

/** Counts every request before anything is done for it. */
export const limitRequests =
  (limits: Limits): RequestHandler =>
  async (request, _response, next) => {
    const refusal = await limits.takeRequest(addressOf(request));
    next(refusal && refused(refusal));
  };

/** Counts an answer that stays open for as long as it does. */
export const limitStreams =
  (limits: Limits | undefined): RequestHandler =>
  (request, response, next) => {
    if (!limits) return next();
    const opened = limits.openStream(addressOf(request));
    if (typeof opened !== 'function') return next(refused(opened));
    // A connection that is gone already closes no answer any more.
    if (response.destroyed) opened();
    else response.on('close', opened);
    next();
  };

/** What a limit refuses, as the answer to the request. */
export const refused = ({ code, detail, retryAfterMs }: Refusal): RequestError =>
  new RequestError(code, detail, { retryAfterMs });

/**
 * Where a request comes from. Express's `trust proxy` says how many proxies' `X-Forwarded-For` is believed; where it is
 * `true` a visitor could write what he likes into it, so then nothing of it is.
 */
export function addressOf(request: Request): string {
  const trusted: unknown = request.app.get('trust proxy');
  return (trusted === true ? request.socket.remoteAddress : request.ip) ?? 'unknown';
}
