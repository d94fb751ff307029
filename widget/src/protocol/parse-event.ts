import {
  type ChatEvent,
  type EndEvent,
  type EndReason,
  type ErrorEvent,
  type Message,
  type MessageRole,
  type MessageStatus,
  type ReplaceEvent,
  type Snapshot,
  type Source,
  type StartEvent,
  STATUS_KINDS,
  type StatusEvent,
  type TokenEvent,
} from './events.js';

/**
 * What became of one `data:` payload. `unknown` is an event of a newer protocol and to be ignored; `malformed` is worth
 * a warning, and its text is never shown.
 */
export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: ChatEvent }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Reads the `data` of one server-sent event. Never throws; only known fields of the right type are copied, so nothing a
 * server adds (`__proto__` among it) reaches the client's objects.
 */
export function parseChatEvent(data: string): ParsedEvent {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return malformed('not JSON');
  }
  if (!isRecord(json)) return malformed('not a JSON object');
  if (typeof json.type !== 'string') return malformed('"type" is not a string');
  const read = Object.hasOwn(READERS, json.type) ? READERS[json.type as ChatEvent['type']] : undefined;
  if (!read) return { kind: 'unknown', type: json.type };
  const event = read(json);
  return typeof event === 'string' ? malformed(`${json.type}: ${event}`) : { kind: 'event', event };
}

/** Reads the answer of `GET /sessions/{s}/messages`; undefined where it is something else. */
export function parseSnapshot(json: unknown): Snapshot | undefined {
  if (!isRecord(json) || !Array.isArray(json.data)) return undefined;
  const data = json.data.map(readMessage);
  if (!data.every((message) => message !== undefined)) return undefined;
  const activeMessageId = text(json.activeMessageId);
  return {
    data,
    lastEventId: count(json.lastEventId) ?? 0,
    ...(activeMessageId !== undefined && { activeMessageId }),
    hasMore: json.hasMore === true,
  };
}

type Json = Readonly<Record<string, unknown>>;

/** One reader for each type: the event, or the reason why it is none. */
const READERS: { readonly [T in ChatEvent['type']]: (json: Json) => ChatEvent | string } = {
  start: (json) => {
    const messageId = text(json.messageId);
    if (!messageId) return '"messageId" is not a non-empty string';
    return pick<StartEvent>({
      type: 'start',
      messageId,
      protocol: count(json.protocol),
      userMessageId: text(json.userMessageId),
      clientMessageId: text(json.clientMessageId),
      heartbeatMs: count(json.heartbeatMs),
      createdAt: text(json.createdAt),
      variantOf: text(json.variantOf),
      reset: json.reset === true ? true : undefined,
    });
  },
  token: (json) => {
    if (typeof json.content !== 'string') return '"content" is not a string';
    const { content } = json;
    return pick<TokenEvent>({ type: 'token', content, at: count(json.at), messageId: text(json.messageId) });
  },
  end: (json) =>
    pick<EndEvent>({
      type: 'end',
      messageId: text(json.messageId),
      reason: END_REASONS.find((reason) => reason === json.reason),
      length: count(json.length),
      usage: readUsage(json.usage),
    }),
  error: (json) =>
    pick<ErrorEvent>({
      type: 'error',
      error: text(json.error) ?? 'The reply failed.',
      messageId: text(json.messageId),
      code: text(json.code),
      retryable: typeof json.retryable === 'boolean' ? json.retryable : undefined,
      retryAfterMs: count(json.retryAfterMs),
      requestId: text(json.requestId),
    }),
  sources: (json) => {
    if (!Array.isArray(json.sources)) return '"sources" is not an array';
    return { type: 'sources', sources: readSources(json.sources) };
  },
  replace: (json) => {
    if (typeof json.content !== 'string') return '"content" is not a string';
    return pick<ReplaceEvent>({ type: 'replace', content: json.content, reason: text(json.reason) });
  },
  status: (json) => {
    const status = STATUS_KINDS.find((kind) => kind === json.status);
    return status
      ? pick<StatusEvent>({ type: 'status', status, label: text(json.label) })
      : '"status" is not a known one';
  },
  suggestions: (json) => {
    if (!Array.isArray(json.suggestions)) return '"suggestions" is not an array';
    return { type: 'suggestions', suggestions: readSuggestions(json.suggestions) };
  },
  data: (json) => {
    const name = text(json.name);
    return name ? { type: 'data', name, data: json.data } : '"name" is not a non-empty string';
  },
};

const END_REASONS: readonly EndReason[] = ['complete', 'stopped', 'length', 'filtered'];
const ROLES: readonly MessageRole[] = ['user', 'assistant'];
const STATUSES: readonly MessageStatus[] = ['streaming', 'complete', 'stopped', 'error', 'superseded'];

function readMessage(json: unknown): Message | undefined {
  if (!isRecord(json) || typeof json.content !== 'string') return undefined;
  const id = text(json.id);
  const role = ROLES.find((known) => known === json.role);
  const status = STATUSES.find((known) => known === json.status);
  if (!id || !role || !status) return undefined;
  const error = isRecord(json.error)
    ? { code: text(json.error.code) ?? 'internal', retryable: json.error.retryable === true }
    : undefined;
  return pick<Message>({
    id,
    role,
    content: json.content,
    status,
    createdAt: text(json.createdAt) ?? '',
    clientMessageId: text(json.clientMessageId),
    parentId: text(json.parentId),
    variantOf: text(json.variantOf),
    sources: Array.isArray(json.sources) ? readSources(json.sources) : undefined,
    suggestions: Array.isArray(json.suggestions) ? readSuggestions(json.suggestions) : undefined,
    error,
    lastEventId: count(json.lastEventId) ?? 0,
  });
}

function readSources(list: readonly unknown[]): Source[] {
  return list.flatMap((json) => {
    if (!isRecord(json)) return [];
    const id = text(json.id);
    const title = text(json.title);
    if (!id || title === undefined) return [];
    const score = typeof json.score === 'number' ? json.score : undefined;
    return [pick<Source>({ id, title, url: text(json.url), snippet: text(json.snippet), score })];
  });
}

const readSuggestions = (list: readonly unknown[]): string[] => list.filter((entry) => typeof entry === 'string');

function readUsage(json: unknown): Record<string, number> | undefined {
  if (!isRecord(json)) return undefined;
  return Object.fromEntries(
    Object.entries(json).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

const malformed = (reason: string): ParsedEvent => ({ kind: 'malformed', reason });

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A whole number that is not negative: ids, lengths, milliseconds. */
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Drops the fields that are undefined, so that `in` and JSON tell the truth. */
function pick<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] === undefined) delete fields[key];
  return fields as T;
}
