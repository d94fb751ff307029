import type { ProblemCode } from '../protocol/index.js';
import { readBounded } from './answers.js';
import { ChatError } from './errors.js';
import { parseRetryAfter } from './retry.js';

/** Codes that this client knows from a problem document; any other is told by its status alone. */
const PROBLEM_CODES: readonly ProblemCode[] = [
  'invalid_json',
  'invalid_request',
  'unauthorized',
  'origin_not_allowed',
  'not_found',
  'session_not_found',
  'message_not_found',
  'reply_in_progress',
  'session_gone',
  'content_too_large',
  'unsupported_media_type',
  'idempotency_mismatch',
  'not_admitted',
  'rate_limited',
  'overloaded',
  'budget_spent',
  'shutting_down',
  'internal',
];

/** What a status alone says, where the body says nothing: from a proxy, a gateway, or a server of another make. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'origin_not_allowed',
  409: 'reply_in_progress',
  410: 'session_gone',
  413: 'content_too_large',
  415: 'unsupported_media_type',
  422: 'invalid_request',
  429: 'rate_limited',
  503: 'overloaded',
};

/** Characters: more than a problem document could need. */
export const MAX_PROBLEM_LENGTH = 65_536;

/** The failure an HTTP answer stands for. Its body is read for a problem document only; no word of it is ever shown. */
export async function errorOfResponse(response: Response): Promise<ChatError> {
  const { status } = response;
  const problem = await readProblem(response);
  const code = problem.code ?? CODE_OF_STATUS[status];
  // A 404 without a problem document is no word of a chat server: nothing lives at this address.
  const unknown = status === 404 || status === 405 ? 'wrong_address' : 'http_error';
  const hint = unknown === 'wrong_address' && !code ? 'Check the "src" attribute.' : '';
  return new ChatError(
    code ?? unknown,
    [`${response.url} answered ${status}.`, problem.detail ?? hint].join(' ').trim(),
    {
      status,
      // A reply that is running ends sooner or later: the message waits for it.
      retryable:
        code !== 'budget_spent' &&
        (status === 408 || status === 425 || status === 429 || status >= 500 || code === 'reply_in_progress'),
      retryAfterMs: parseRetryAfter(response.headers.get('Retry-After'), Date.now()) ?? problem.retryAfterMs,
      requestId: problem.requestId,
      limit: problem.limit,
      mustBegin: problem.begin,
    },
  );
}

interface ProblemFields {
  readonly code?: ProblemCode;
  readonly detail?: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly limit?: number;
  readonly begin?: boolean;
}

async function readProblem(response: Response): Promise<ProblemFields> {
  if (!/\bjson\b/i.test(response.headers.get('Content-Type') ?? '')) return {};
  try {
    const body: unknown = JSON.parse((await readBounded(response, MAX_PROBLEM_LENGTH)).text);
    if (typeof body !== 'object' || body === null) return {};
    const fields = body as Readonly<Record<string, unknown>>;
    const code = PROBLEM_CODES.find((known) => known === fields.code);
    return {
      ...(code && { code }),
      ...(typeof fields.detail === 'string' && { detail: fields.detail }),
      ...(typeof fields.requestId === 'string' && { requestId: fields.requestId }),
      ...(typeof fields.retryAfterMs === 'number' && { retryAfterMs: fields.retryAfterMs }),
      ...(fields.begin === true && { begin: true }),
      ...(typeof fields.limit === 'number' && fields.limit > 0 && { limit: fields.limit }),
    };
  } catch {
    return {}; // no problem document after all: the status has to do
  }
}
