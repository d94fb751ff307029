import type { Claim } from '../log/session-log.js';
import { RequestError, RETRY_AFTER_MS } from './problem.js';

/** The reply a claim leads to. @throws {RequestError} where it leads to none. */
export function replyOf(claim: Claim, refusal: 'shutting_down' | 'overloaded' | undefined): string {
  switch (claim.status) {
    case 'started':
      return claim.assistant.id;
    case 'joined':
      return claim.messageId;
    case 'unclaimed':
      throw new RequestError(refusal ?? 'overloaded', 'No reply can be started now. Try again in a moment.', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    case 'mismatch':
      throw new RequestError(
        'idempotency_mismatch',
        'This clientMessageId came with another content before. Use a new one.',
      );
    case 'busy':
      throw new RequestError('reply_in_progress', 'Wait for the running reply of this session, or stop it.', {
        activeMessageId: claim.activeMessageId,
      });
    case 'message_not_found':
      throw messageNotFound('message');
    // The same as where there is none: nobody learns which ids are taken.
    case 'foreign':
      throw sessionNotFound();
    case 'session_gone':
      throw new RequestError('session_gone', 'The session was deleted. Start a new one.');
    case 'full':
      if (claim.what === 'store') throw storeFull();
      throw new RequestError('content_too_large', 'The conversation has reached its limit. Start a new session.');
  }
}

/** `begin`: a new one is to be begun with `POST /sessions`, since visitors have tokens. */
export const sessionNotFound = (options: { readonly begin?: true } = {}) =>
  new RequestError('session_not_found', 'The session does not exist, or has expired. Start a new one.', options);

/** 404: the session is there, what was asked for in it is not. */
export const messageNotFound = (what: 'message' | 'reply') =>
  new RequestError('message_not_found', `The session has no such ${what}. Load its messages to see which it has.`);

/** 503: the store has no room for what is new; says when to try again. Why, says the log. */
export const storeFull = () =>
  new RequestError('overloaded', 'The server takes no more for the moment. Try again in a moment.', {
    retryAfterMs: RETRY_AFTER_MS,
    cause: new Error(
      'The store has no room for what is new. Raise its bound (of Redis: maxmemory), or keep sessions shorter.',
    ),
  });
