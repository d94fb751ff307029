import { createHash, randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';

/** An id that a proxy may give a request: what can stand in a log line and an answer as it is. */
const REQUEST_ID = /^[\w-]{8,64}$/;

/** `traceparent` of W3C Trace Context; its second part names the trace. */
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

/** Paths that are asked for every few seconds: only what went wrong with them is told. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Names a request: as the proxy did, where it is one the app trusts (`trust proxy`) and the name is well-formed; else by
 * chance. A problem's `requestId` is the same.
 */
export function requestIdOf(request: Request): string {
  const trusts: unknown = request.app.get('trust proxy fn');
  if (typeof trusts === 'function' && trusts(request.socket.remoteAddress ?? '', 0) === true) {
    const given = request.get('X-Request-Id') ?? '';
    if (REQUEST_ID.test(given)) return given;
    const [, traceId] = TRACE_PARENT.exec(request.get('traceparent') ?? '') ?? [];
    if (traceId !== undefined) return traceId;
  }
  return randomUUID().slice(0, 8);
}

/**
 * One line for each request when its answer is over. No body, header or address is in it, and no session in clear: where
 * no token is asked for, the session's id is what lets one in.
 */
export const logRequests = (logger: Logger, clock: Clock): RequestHandler => {
  // One function for all of them, which are held by it no longer than by themselves.
  function tell(this: Response): void {
    this.off('close', tell);
    const { req: request, locals, statusCode: status } = this;
    const route = routeOf(request);
    if (PROBES.has(route) && status < 400) return;
    const session = sessionOf(request);
    const code: unknown = locals.problemCode;
    logger.info(
      {
        requestId: String(locals.requestId),
        method: request.method,
        route,
        status,
        durationMs: Math.round(clock.now() - Number(locals.chatStartedAt)),
        ...(typeof code === 'string' && { code }),
        ...(session !== undefined && { session }),
        // The reader left before the answer was over.
        ...(!this.writableFinished && { left: true }),
      },
      'request',
    );
  }
  return (_request, response, next) => {
    // Not by a name that the app around may have given to something of its own.
    response.locals.chatStartedAt = clock.now();
    response.on('close', tell);
    next();
  };
};

/** The pattern of the endpoint, `/sessions/:session/messages/stream`; before one was found, its first part: `/sessions/…`. */
export function routeOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string')
    return route.path;
  return request.path === '/' ? request.baseUrl || '/' : `${request.baseUrl}/…`;
}

/** The same twelve digits for the same session, on every node; its 128 random bits can't be told from them. */
function sessionOf(request: Request): string | undefined {
  const [, id] = /\/sessions\/([\w-]{16,128})(?=[/?]|$)/.exec(request.originalUrl) ?? [];
  return id === undefined ? undefined : createHash('sha256').update(id).digest('hex').slice(0, 12);
}
