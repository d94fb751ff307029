import type { ErrorRequestHandler } from 'express';
import { type Problem, PROBLEM_MEDIA_TYPE, type ProblemCode } from 'chat-stream/protocol';
import { StoreError } from '../log/session-log.js';
import type { Logger } from '../logger.js';
import { requestIdOf, routeOf } from './request-log.js';

/** Bytes of a request's body at the most; of a message's, beside its content. */
export const MAX_BODY_BYTES = 32 * 1024;

/** When to come again where nothing can be started now. */
export const RETRY_AFTER_MS = 2_000;

interface RequestErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number;
  readonly activeMessageId?: string;
  readonly limit?: number;
  /** Sessions begin with `POST /sessions`. */
  readonly begin?: true;
  /** Of `unauthorized`: the `WWW-Authenticate` header. */
  readonly challenge?: string;
  /** Default: that of the code. */
  readonly status?: number;
}

/** A request that is refused before its stream begins. Its message is one sentence for developers: what, and what to do. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly options: RequestErrorOptions = {},
  ) {
    super(message, options);
    this.status = options.status ?? KINDS[code].status;
  }

  toProblem(requestId: string): Problem {
    const { title, retryable } = KINDS[this.code];
    const { retryAfterMs, activeMessageId, limit, begin } = this.options;
    return {
      type: `urn:chat-stream:problem:${this.code}`,
      title,
      status: this.status,
      detail: this.message,
      code: this.code,
      retryable: retryable ?? false,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(activeMessageId !== undefined && { activeMessageId }),
      ...(limit !== undefined && { limit }),
      ...(begin && { begin }),
      requestId,
      error: title,
    };
  }
}

interface Kind {
  readonly status: number;
  readonly title: string;
  readonly retryable?: true;
}

const KINDS: { readonly [code in ProblemCode]: Kind } = {
  invalid_json: { status: 400, title: 'The body is not valid JSON.' },
  invalid_request: { status: 400, title: 'The request is not valid.' },
  unauthorized: { status: 401, title: 'The request is not authorized.' },
  origin_not_allowed: { status: 403, title: 'This origin may not use the chat.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  session_not_found: { status: 404, title: 'There is no such session.' },
  message_not_found: { status: 404, title: 'There is no such message.' },
  reply_in_progress: { status: 409, title: 'A reply is still running.' },
  session_gone: { status: 410, title: 'The session was deleted.' },
  content_too_large: { status: 413, title: 'The content is too large.' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json.' },
  idempotency_mismatch: { status: 422, title: 'The key was used for another message.' },
  not_admitted: { status: 403, title: 'The visitor is not let in.' },
  rate_limited: { status: 429, title: 'There were too many requests.', retryable: true },
  internal: { status: 500, title: 'Something went wrong.', retryable: true },
  overloaded: { status: 503, title: 'The server is busy.', retryable: true },
  budget_spent: { status: 503, title: 'There are no more answers today.' },
  shutting_down: { status: 503, title: 'The server is shutting down.', retryable: true },
};

/** One way out for every refusal. Express's own handler would show a stack. */
export const answerError =
  (logger: Logger, onRefusal: (code: ProblemCode) => void): ErrorRequestHandler =>
  (failure: unknown, request, response, _next) => {
    // Who is refused before anything else has been given none.
    const requestId = String((response.locals.requestId ??= requestIdOf(request)));
    const error = asRequestError(failure);
    if (error.cause !== undefined)
      logger.error({ error: failure, requestId, route: routeOf(request) }, 'a request failed');
    response.locals.problemCode = error.code;
    if (response.headersSent) return void response.destroy();
    onRefusal(error.code);
    const { challenge } = error.options;
    if (challenge !== undefined) response.set('WWW-Authenticate', challenge);
    const problem = error.toProblem(requestId);
    if (problem.retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(problem.retryAfterMs / 1000)));
    response
      .status(problem.status)
      .set('Cache-Control', 'no-store')
      .type(PROBLEM_MEDIA_TYPE)
      .send(JSON.stringify(problem));
  };

/** What a failure of who reads the body tells. */
interface Told {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly limit?: unknown;
}

function asRequestError(failure: unknown): RequestError {
  if (failure instanceof RequestError) return failure;
  if (failure instanceof StoreError) {
    const message = 'The store of the server is away. Try again a little later.';
    return new RequestError('overloaded', message, { cause: failure, retryAfterMs: RETRY_AFTER_MS });
  }
  const { type, status, limit } = failure instanceof Error ? (failure as Error & Told) : ({} as Told);
  if (type === 'entity.too.large') {
    const message = `The body is larger than ${Number(limit)} bytes. Shorten the message.`;
    // Without a `limit`: that counts characters of the message, and a page would tell its visitor so.
    return new RequestError('content_too_large', message);
  }
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new RequestError('unsupported_media_type', 'The body must be uncompressed or gzip, deflate, br, and UTF-8.');
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    if (failure instanceof URIError) {
      return new RequestError('invalid_request', 'The address could not be decoded. Check its % signs.');
    }
    // What reads the body names each failure by a type, but for those of who uncompresses it.
    if (type === undefined) {
      return new RequestError('invalid_json', 'The body could not be uncompressed. Check its Content-Encoding.');
    }
    return new RequestError('invalid_json', 'The body could not be read as JSON. Check its syntax.');
  }
  return new RequestError('internal', 'The server could not answer. Its log has the reason.', { cause: failure });
}
