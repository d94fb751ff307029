import type { ReplyErrorCode } from 'chat-stream/protocol';
import type { ErrorLabels, Finish } from './openai-wire.js';
import { ResponderError } from './responder.js';

interface Failure {
  readonly code: ReplyErrorCode;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** For the log: what it means and what to do. */
  readonly meaning: string;
}

const CONTEXT_TOO_LONG: Failure = {
  code: 'context_too_long',
  retryable: false,
  meaning: "The conversation is longer than the model's context. Lower maxHistoryMessages.",
};
const CONTENT_FILTERED: Failure = {
  code: 'content_filtered',
  retryable: false,
  meaning: 'Its filter refuses the conversation.',
};
const AUTH: Failure = {
  code: 'upstream_auth',
  retryable: false,
  meaning: 'It refuses the API key, or the key may not use this model. Check apiKey.',
};
const RATE_LIMITED: Failure = {
  code: 'upstream_rate_limited',
  retryable: true,
  meaning: 'It is asked more often than the key allows.',
};

/** Names that say more than a status does. */
const FAILURES_BY_LABEL: ReadonlyMap<string | number, Failure> = new Map([
  ['context_length_exceeded', CONTEXT_TOO_LONG],
  ['exceed_context_size_error', CONTEXT_TOO_LONG], // llama.cpp, as `type`
  ['content_filter', CONTENT_FILTERED],
  ['invalid_api_key', AUTH],
  ['rate_limit_exceeded', RATE_LIMITED],
  // A 429 like the limit on requests, but waiting does not pay a bill.
  ['insufficient_quota', { ...RATE_LIMITED, retryable: false, meaning: 'The account has no credit left. Top it up.' }],
]);

/** The failure of a request that was answered with `status`, not 200, and perhaps a body that names its error. */
export function refusal(endpoint: string, status: number, labels: ErrorLabels, retryAfterMs?: number): ResponderError {
  const failure = failureByLabel(labels) ?? failureByStatus(status);
  return asError(failure, `${endpoint} answered ${status}.`, { retryAfterMs });
}

/** The failure of a reply in whose stream the upstream reports an error. */
export function reportedError(endpoint: string, labels: ErrorLabels): ResponderError {
  // OpenRouter and vLLM give as `code` the status the request would have been refused with.
  const status = labels.find((label) => typeof label === 'number');
  const failure = failureByLabel(labels) ?? failureByStatus(status ?? 500);
  return asError(failure, `${endpoint} reported an error${status === undefined ? '' : ` ${status}`} in its stream.`);
}

/** The failure of a reply that ends as it should, but in which nothing was said. */
export function wordless(endpoint: string, { reason, label }: Finish, usage: ResponderError['usage']): ResponderError {
  const what = `${endpoint} ended its answer without a word (finish_reason ${label}).`;
  return asError(WORDLESS[reason], what, { usage });
}

const WORDLESS: { readonly [reason in Finish['reason']]: Failure } = {
  complete: {
    code: 'upstream_error',
    retryable: true,
    meaning: 'It may answer the next time. Tools are not run here: take them out of body.',
  },
  length: {
    code: 'upstream_error',
    retryable: true,
    meaning: 'Its reasoning took all it may write: raise max_tokens in body.',
  },
  filtered: CONTENT_FILTERED,
};

interface Told {
  readonly retryAfterMs?: number | undefined;
  readonly usage?: ResponderError['usage'];
}

function asError(
  { code, retryable, meaning }: Failure,
  what: string,
  { retryAfterMs, usage }: Told = {},
): ResponderError {
  return new ResponderError(code, `${what} ${meaning}`, {
    retryable,
    ...(retryable && retryAfterMs !== undefined && { retryAfterMs }),
    ...(usage && { usage }),
  });
}

function failureByLabel(labels: ErrorLabels): Failure | undefined {
  return labels.map((label) => FAILURES_BY_LABEL.get(label)).find((failure) => failure !== undefined);
}

function failureByStatus(status: number): Failure {
  switch (status) {
    case 401:
    case 403:
      return AUTH;
    case 429:
      return RATE_LIMITED;
    case 404:
      return { code: 'upstream_error', retryable: false, meaning: 'Check baseUrl and model.' };
    case 408:
    case 409:
    case 425:
      return { code: 'upstream_error', retryable: true, meaning: 'It may succeed later.' };
    default:
      return status >= 400 && status < 500
        ? { code: 'upstream_error', retryable: false, meaning: 'It does not accept the request. Check model and body.' }
        : { code: 'upstream_error', retryable: true, meaning: 'It failed; it may succeed later.' };
  }
}
