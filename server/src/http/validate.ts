import { z } from 'zod';
import { MAX_BODY_BYTES, RequestError } from './problem.js';

/** Unicode code points of one message at the most; `createChatRouter` can set another. */
export const MAX_CONTENT_LENGTH = 8_000;

/** Of a code point in JSON: two UTF-16 code units, each written as `\uXXXX`. */
const MAX_BYTES_PER_CHARACTER = 12;
/** Of a message's body, for what is beside its content. */
const ROOM_BESIDE_CONTENT = 8 * 1024;

/** Bytes of a message's body at the most: its content fits, however it is written. */
export const maxMessageBytes = (maxContentLength: number): number =>
  Math.max(MAX_BODY_BYTES, maxContentLength * MAX_BYTES_PER_CHARACTER + ROOM_BESIDE_CONTENT);

/** Seconds a poll may wait at the most: below the 30 s after which some proxies give up on an answer. */
const MAX_WAIT_S = 25;

/** UTF-16 code units of a session's title at the most. */
const MAX_TITLE_LENGTH = 200;

/** A session's id is its secret where nothing else guards it: at least 128 random bits, in letters that need no escaping. */
const SESSION_ID = /^[\w-]{16,128}$/;
const KEY = /^[\w:-]{1,128}$/;

const key = z.string().regex(KEY, 'must be 1 to 128 of A-Z a-z 0-9 _ : -');

/** Body of POST `/messages/stream` and `/messages`. */
const messageSchema = z.strictObject({
  content: z.string(),
  role: z.literal('user', 'must be "user": the assistant\'s messages are the server\'s own').default('user'),
  clientMessageId: key.optional(),
  replaces: key.optional(),
  context: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
const regenerateSchema = z.strictObject({ clientMessageId: key.optional() });
const feedbackSchema = z.strictObject({ rating: z.enum(['up', 'down']), comment: z.string().max(2_000).optional() });
const sessionSchema = z.strictObject({
  metadata: z.record(z.string(), z.unknown()).optional(),
  locale: z.string().max(35).optional(),
});
const patchSchema = z.strictObject({
  title: z.string().max(MAX_TITLE_LENGTH).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  before: key.optional(),
});
const sessionsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  before: z.string().regex(SESSION_ID, 'must be the id of a session').optional(),
});
const lengthSchema = z.coerce.number('must be a number of UTF-16 code units').int().min(0).optional();
const waitSchema = z.coerce.number('must be a number of seconds').min(0).default(0);

/** What a message's body holds, checked. */
export type MessageBody = z.infer<typeof messageSchema>;

/**
 * The body of a message. `maxContentLength`: Unicode code points.
 * @throws {RequestError} `invalid_request` where it is none or its content is empty or no well-formed Unicode (status
 * 422: it has a role that is not the visitor's to take), `content_too_large` where that, or all else, is too long.
 */
export function readMessage(body: unknown, maxContentLength: number): MessageBody {
  const message = check(messageSchema, body);
  if (Buffer.byteLength(JSON.stringify({ ...message, content: '' })) > MAX_BODY_BYTES) {
    const detail = `The body is larger than ${MAX_BODY_BYTES} bytes beside "content". Shorten what the page adds to it.`;
    throw new RequestError('content_too_large', detail);
  }
  const length = [...message.content].length;
  if (length > maxContentLength) {
    throw new RequestError(
      'content_too_large',
      `"content" has ${length} characters; at most ${maxContentLength} are taken. Shorten the message.`,
      { limit: maxContentLength },
    );
  }
  if (message.content.trim() === '') throw new RequestError('invalid_request', '"content" is empty. Send some text.');
  if (!message.content.isWellFormed()) {
    throw new RequestError('invalid_request', '"content" holds half a surrogate pair. Send well-formed Unicode.');
  }
  return message;
}

/** The body of `/regenerate`, which may be left out. @throws {RequestError} `invalid_request` */
export const readRegenerate = (body: unknown) => check(regenerateSchema, body ?? {});
/** The body of `/feedback`. @throws {RequestError} `invalid_request` */
export const readFeedback = (body: unknown) => check(feedbackSchema, body);
/** The body of a new session, which may be left out. @throws {RequestError} `invalid_request` */
export const readSession = (body: unknown) => check(sessionSchema, body ?? {});
/** The body of a change of a session. @throws {RequestError} `invalid_request` */
export const readPatch = (body: unknown) => check(patchSchema, body);
/** The query of a list of sessions: `limit` 1 to 100, default 50. @throws {RequestError} `invalid_request` */
export const readSessionsPage = (query: unknown) => check(sessionsSchema, query);
/** The query of a session's messages: `limit` 1 to 200, default 100. @throws {RequestError} `invalid_request` */
export const readPage = (query: unknown) => check(pageSchema, query);

/** The id in an address. @throws {RequestError} `invalid_request` where it is too short to be a secret, or has other letters. */
export function readSessionId(value: unknown): string {
  // A copy: a part of an address holds all of it, up to 16 kB, for as long as the session lives.
  if (typeof value === 'string' && SESSION_ID.test(value)) return Buffer.from(value, 'latin1').toString('latin1');
  throw new RequestError(
    'invalid_request',
    `The session id ${quote(value)} is not valid. Use 16 to 128 of A-Z a-z 0-9 _ -, and at least 128 random bits.`,
  );
}

/**
 * An `Idempotency-Key` header counts like `clientMessageId` in the body; the body's goes first. In quotes (a string of RFC
 * 9651, as draft-ietf-httpapi-idempotency-key-header has it) or bare, as most clients write it, it is the same key.
 * @throws {RequestError} `invalid_request`
 */
export function readKey(body: string | undefined, header: string | undefined): string | undefined {
  if (body !== undefined || header === undefined) return body;
  return check(key, /^"(.*)"$/.exec(header)?.[1] ?? header, 'Idempotency-Key');
}

/** The cursor of `?after=`, else of `Last-Event-ID`; undefined where neither holds a whole number: replay everything. */
export function readCursor(query: unknown, header: string | undefined): number | undefined {
  const value = typeof query === 'string' ? query : header;
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** UTF-16 code units of `?length=`: how much of a reply its reader has seen when it was stopped. @throws {RequestError} `invalid_request` */
export const readLength = (query: unknown): number | undefined => check(lengthSchema, query, '"length"');

/** Milliseconds of `?wait=`, which is in seconds: at most {@link MAX_WAIT_S}, none where it is left out. @throws {RequestError} `invalid_request` */
export function readWait(query: unknown): number {
  return Math.min(check(waitSchema, query, '"wait"'), MAX_WAIT_S) * 1_000;
}

function check<T extends z.ZodType>(schema: T, value: unknown, name = 'The body'): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const sentences = result.error.issues.slice(0, 3).map(({ path, message }) => {
    const field = path.length > 0 ? `"${path.join('.')}"` : name;
    return `${field}: ${message}`;
  });
  const hasRole = result.error.issues.some(({ path: [field] }) => field === 'role');
  throw new RequestError('invalid_request', `${sentences.join('. ')}.`, hasRole ? { status: 422 } : {});
}

/** A value as it may stand in an error: short, and on one line. */
const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
};
