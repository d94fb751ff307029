import type { Request, RequestHandler, Response } from 'express';
import type { Session, SessionLog } from '../log/session-log.js';
import { sessionNotFound } from './claimed.js';
import { RequestError, RETRY_AFTER_MS } from './problem.js';
import { readSessionId } from './validate.js';

/** Whom a token stands for. */
export interface Identity {
  /** Owns the sessions it begins, and may use these alone. */
  readonly owner: string;
}

/** Why a token stands for nobody. */
export interface RefusedToken {
  readonly refused: 'expired' | 'invalid';
}

/** Where visitors have tokens: who may use which session. `chat-stream-server/auth` has two. */
export interface Auth {
  /** Reads a bearer token, whoever made it up. Rejects only where it can't be read now, e.g. since keys can't be fetched. */
  identify(token: string): Promise<Identity | RefusedToken>;
  /**
   * The owner and the token of a new session, where anybody may begin one. Without it, whoever begins a session must be
   * known, and may list those that are his.
   */
  begin?(sessionId: string): Promise<Identity & { readonly token: string }>;
}

/** What RFC 6750 takes for a token. Linear: the two parts share no letter. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** Who sent a request. Beside it, since Express's own place for such things has no types. */
const callers = new WeakMap<Response, Identity>();

/** Who sent the request; undefined where nobody has tokens, or where it begins a session. */
export const callerOf = (response: Response): Identity | undefined => callers.get(response);

/** Refuses requests without a valid token before their body is read. */
export function checkToken(auth: Auth): RequestHandler {
  return async (request, response, next) => {
    const header = request.get('Authorization');
    if (header === undefined && auth.begin && request.method === 'POST' && /^\/?$/.test(request.path)) return next();
    const token = BEARER.exec(header ?? '')?.[1];
    if (token === undefined) throw unauthorized(auth, header === undefined ? 'missing' : 'invalid');
    const identity = await auth.identify(token).catch((cause: unknown) => {
      const message = 'The token could not be checked. Try again a little later.';
      throw new RequestError('overloaded', message, { cause, retryAfterMs: RETRY_AFTER_MS });
    });
    if ('refused' in identity) throw unauthorized(auth, identity.refused);
    callers.set(response, identity);
    next();
  };
}

/**
 * The session a request names, where it is the caller's.
 * @throws {RequestError} `session_not_found` where there is none, and likewise where it is somebody else's: nobody learns
 * which ids are taken.
 */
export async function sessionOf(log: SessionLog, request: Request, response: Response): Promise<Session> {
  const caller = callerOf(response);
  const session = await log.getSession(readSessionId(request.params.session));
  if (!session || session.owner !== caller?.owner) throw sessionNotFound(caller && { begin: true });
  return session;
}

/** `missing`: without an error code, as RFC 6750 §3.1 wants it for who did not know that a token is needed. */
function unauthorized(auth: Auth, why: 'missing' | RefusedToken['refused']): RequestError {
  const { detail, challenge } = UNAUTHORIZED[why];
  return new RequestError('unauthorized', detail, {
    challenge: `Bearer realm="chat"${challenge}`,
    ...(auth.begin && { begin: true }),
  });
}

const UNAUTHORIZED = {
  missing: { detail: 'The request has no token. Send one as "Authorization: Bearer …".', challenge: '' },
  expired: {
    detail: 'The token has expired. Send a new one.',
    challenge: ', error="invalid_token", error_description="The token has expired"',
  },
  invalid: {
    detail: 'The token is not valid. Send one that was issued for this server.',
    challenge: ', error="invalid_token", error_description="The token is not valid"',
  },
} as const;
