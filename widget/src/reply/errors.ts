import { type ErrorEvent, type ProblemCode, PROTOCOL_VERSION, type ReplyErrorCode } from '../protocol/index.js';

/** Failures that this side notices by itself. */
export type ClientErrorCode =
  /** No answer at all: refused, reset, no name, no network. */
  | 'network'
  /** The body ended before the reply did. */
  | 'cut'
  /** The server was silent for longer than it promised. */
  | 'stalled'
  /** One event, or an answer that is no stream, outgrew its bound. */
  | 'event_too_large'
  /** The reply outgrew what a page can hold. */
  | 'reply_too_long'
  /** The server answers in a version of the protocol that is newer than this client. */
  | 'unsupported_protocol'
  /** The answer was no event stream, e.g. a web page. */
  | 'not_a_stream'
  /** Nothing that speaks this protocol lives at `src`. */
  | 'wrong_address'
  /** The server answers, but does not let this page read it. */
  | 'cors_refused'
  /** The page's own policy (CSP) does not let it ask the server. */
  | 'csp_refused'
  /** The page came by https, and the server's address is http. */
  | 'mixed_content'
  /** An HTTP status of failure, without a problem document that says more. */
  | 'http_error'
  /** The server does not know the reply any more. */
  | 'reply_lost'
  /** A message was sent while a reply was running, an empty one, or one whose context has no JSON. */
  | 'not_sent'
  /** The element is not in a page, or its conversation was replaced. */
  | 'aborted';

/** Why something failed: what a server names, and what only a client can see. */
export type ChatErrorCode = ClientErrorCode | ProblemCode | ReplyErrorCode;

interface ChatErrorOptions extends ErrorOptions {
  readonly status?: number | undefined;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly limit?: number | undefined;
  readonly mustBegin?: boolean | undefined;
  readonly silenceMs?: number | undefined;
}

/**
 * Everything that can go wrong with a reply. `message` is one sentence for developers: what happened, and the way out.
 * What visitors read comes from the strings, by `code`.
 */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Not before so many milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Names the failure in the server's log. */
  readonly requestId: string | undefined;
  /** Of `content_too_large`: the characters the server takes, where it tells. */
  readonly limit: number | undefined;
  /** Of `unauthorized` and `session_not_found`: this server is to be asked for a new session. */
  readonly mustBegin: boolean;
  /** Of `stalled`: for so long nothing was heard. */
  readonly silenceMs: number | undefined;

  constructor(
    readonly code: ChatErrorCode,
    message: string,
    options: ChatErrorOptions = {},
  ) {
    super(message, options);
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.limit = options.limit;
    this.mustBegin = options.mustBegin ?? false;
    this.silenceMs = options.silenceMs;
    // It is shown to visitors: an id, never words.
    this.requestId = /^[\w.:-]{1,64}$/.test(options.requestId ?? '') ? options.requestId : undefined;
  }
}

/** What was thrown, as a ChatError: errors are told apart by type, never by their text, which differs by browser. */
export function toChatError(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown;
  return new ChatError('network', 'The server could not be reached.', { retryable: true, cause: thrown });
}

/** The server does not know what was asked for, or no more. */
export const isLost = ({ status, code }: ChatError): boolean =>
  status === 404 || status === 410 || code === 'reply_lost';

/** A server of a later major version: what its events mean is not known here. */
export const unsupportedProtocol = (version: number): ChatError =>
  new ChatError(
    'unsupported_protocol',
    `The server speaks version ${version} of the protocol, this client version ${PROTOCOL_VERSION}. Update chat-stream on the page, or have the server answer in version ${PROTOCOL_VERSION}, as the Accept header asks.`,
  );
/** The session takes nothing any more. Told by code: a mere 403 or 404 says nothing of a session. */
export const isSessionEnd = ({ code }: Pick<ChatError, 'code'>): boolean =>
  code === 'unauthorized' || code === 'session_not_found' || code === 'session_gone';

const REPLY_ERROR_CODES: readonly ReplyErrorCode[] = [
  'upstream_error',
  'upstream_timeout',
  'upstream_rate_limited',
  'upstream_auth',
  'content_filtered',
  'context_too_long',
  'server_restarted',
  'shutting_down',
  'internal',
];

/** A reply that its server ended with `error`. */
export function errorOfReply({ code, error, retryable, retryAfterMs, requestId }: Omit<ErrorEvent, 'type'>): ChatError {
  const known = REPLY_ERROR_CODES.find((candidate) => candidate === code) ?? 'internal';
  return new ChatError(known, `The server ended the reply with an error: ${error}`, {
    retryable: retryable ?? true,
    retryAfterMs,
    requestId,
  });
}
