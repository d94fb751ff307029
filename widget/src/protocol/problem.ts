/** Codes of an answer that is refused before its stream begins (RFC 9457 problem details, member `code`). */
export type ProblemCode =
  | 'invalid_json'
  | 'invalid_request'
  | 'unauthorized'
  | 'origin_not_allowed'
  | 'not_found'
  | 'session_not_found'
  | 'message_not_found'
  | 'reply_in_progress'
  | 'session_gone'
  | 'content_too_large'
  | 'unsupported_media_type'
  | 'idempotency_mismatch'
  | 'not_admitted'
  | 'rate_limited'
  | 'overloaded'
  /** The model's tokens of this day are spent. */
  | 'budget_spent'
  | 'shutting_down'
  | 'internal';

/** Codes of an `error` event inside a stream. */
export type ReplyErrorCode =
  | 'upstream_error'
  | 'upstream_timeout'
  | 'upstream_rate_limited'
  | 'upstream_auth'
  | 'content_filtered'
  | 'context_too_long'
  | 'server_restarted'
  | 'shutting_down'
  | 'internal';

/** How a refusal is written (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Body of a refused request: RFC 9457, and `error` (= title) for clients that read only that. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: ProblemCode;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Names this answer in the server's log. */
  readonly requestId?: string;
  readonly error: string;
  /** With `reply_in_progress`: the reply that runs. */
  readonly activeMessageId?: string;
  /** With `unauthorized` and `session_not_found`: sessions begin with `POST /sessions` here, not with a message. */
  readonly begin?: boolean;
  /** With `content_too_large`: the limit that was passed, in the unit `detail` names. */
  readonly limit?: number;
}
