import type { ErrorEvent, ReplyErrorCode } from 'chat-stream/protocol';
import { ResponderError } from '../responders/responder.js';

/** What a failure is called; what nobody foresaw is `internal`. */
export const codeOf = (failure: unknown): ReplyErrorCode =>
  failure instanceof ResponderError ? failure.code : 'internal';

/** What a client is told of a failure: by its code, never in an upstream's or an exception's own words. */
export function errorEvent(failure: unknown, messageId: string): ErrorEvent {
  const known = failure instanceof ResponderError ? failure : undefined;
  const code = codeOf(failure);
  return {
    type: 'error',
    error: ERROR_SENTENCES[code],
    messageId,
    code,
    retryable: known?.retryable ?? true,
    ...(known?.retryAfterMs !== undefined && { retryAfterMs: known.retryAfterMs }),
    requestId: messageId.slice(0, 8),
  };
}

const ERROR_SENTENCES: { readonly [code in ReplyErrorCode]: string } = {
  upstream_error: 'The model failed.',
  upstream_timeout: 'The model did not answer in time.',
  upstream_rate_limited: 'The model is busy.',
  upstream_auth: 'The server may not use its model.',
  content_filtered: 'The model refused to answer this message.',
  context_too_long: 'The conversation is too long for the model.',
  server_restarted: 'The server was restarted.',
  shutting_down: 'The server is shutting down.',
  internal: 'The reply failed.',
};
