import { type ChatEvent, type Message, parseChatEvent, parseSnapshot, type StartEvent } from 'chat-stream/protocol';
import { applied } from './entries.js';
import { type LogEntry, type LoggedEvent, type Session, StoreError } from './session-log.js';

/** A token as it stands in a stream, nine in ten entries: without what JSON would say each time. */
const TOKEN = /^T(\d*):/;

/** One value an event; every entry of a stream has the same one field, so that Redis stores its name once. */
export const encodeEvent = (event: LoggedEvent): string =>
  event.type === 'token' ? `T${event.at ?? ''}:${event.content}` : JSON.stringify(event);

/** @throws {StoreError} where it is no event. */
export function decodeEvent(value: string): LoggedEvent {
  const token = TOKEN.exec(value);
  if (token) {
    const [prefix, at = ''] = token;
    return { type: 'token', content: value.slice(prefix.length), ...(at !== '' && { at: Number(at) }) };
  }
  const parsed = parseChatEvent(value);
  if (parsed.kind === 'event') return parsed.event;
  const message = parsed.kind === 'unknown' && parsed.type === 'message' ? messageIn(value) : undefined;
  if (!message) throw unreadable('an event');
  return { type: 'message', message };
}

/**
 * A stream's entries, as `XRANGE` answers them: of messages in a row, each from its beginning on, but for the first one,
 * whose id is told. @throws {StoreError}
 */
export function decodeEntries(reply: unknown, firstMessageId = ''): LogEntry[] {
  let messageId = firstMessageId;
  return listOf(reply).map((entry) => {
    const [position, fields] = listOf(entry);
    const id = Number.parseInt(textOf(position), 10);
    const event = decodeEvent(textOf(listOf(fields)[1]));
    if (event.type === 'start') ({ messageId } = event);
    if (event.type !== 'message') return { id, messageId, event };
    ({ id: messageId } = event.message);
    return { id, messageId, event: { ...event, message: { ...event.message, lastEventId: id } } };
  });
}

/** The messages that entries in a row tell, each from its first one on; `cuts` are the positions that were superseded. */
export function messagesOf(entries: readonly LogEntry[], cuts: string): Message[] {
  const ranges = [...cuts.matchAll(/(?<!\d)(\d+)-(\d+)/g)].map(([, from, to]) => [Number(from), Number(to)] as const);
  const messages: Message[] = [];
  let message: Message | undefined;
  let start = 0;
  const finish = () => {
    if (!message) return;
    const isSuperseded = ranges.some(([from, to]) => start >= from && start <= to);
    messages.push(isSuperseded ? { ...message, status: 'superseded' } : message);
  };
  for (const entry of entries) {
    const { event, id } = entry;
    if (event.type === 'message' || event.type === 'start') {
      finish();
      start = id;
    }
    message = following(message, entry);
  }
  finish();
  return messages;
}

/** The message after one more entry of its own, or the one that begins with it. */
export function following(message: Message | undefined, { event, id }: LogEntry): Message | undefined {
  if (event.type === 'message') return event.message;
  if (event.type === 'start') return { ...openedBy(event), lastEventId: id };
  return message && { ...applied(message, event), lastEventId: id };
}

const openedBy = (start: StartEvent): Message => ({
  id: start.messageId,
  role: 'assistant',
  content: '',
  status: 'streaming',
  createdAt: start.createdAt ?? '',
  ...(start.clientMessageId !== undefined && { clientMessageId: start.clientMessageId }),
  ...(start.userMessageId !== undefined && { parentId: start.userMessageId }),
  ...(start.variantOf !== undefined && { variantOf: start.variantOf }),
  lastEventId: 0,
});

/** A session from the fields and values of its hash; undefined where it has none. @throws {StoreError} */
export function decodeSession(id: string, reply: unknown, expiresAt: number): Session | undefined {
  const pairs = reply === null || reply === false ? [] : listOf(reply);
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < pairs.length; i += 2) fields.set(textOf(pairs[i]), textOf(pairs[i + 1]));
  if (fields.size === 0) return undefined;
  const [owner, title, meta] = [fields.get('owner'), fields.get('title'), fields.get('meta')];
  return {
    id,
    createdAt: Number(fields.get('created')),
    updatedAt: Number(fields.get('updated')),
    expiresAt,
    ...(owner !== undefined && { owner }),
    ...(title !== undefined && { title }),
    ...(meta !== undefined && { metadata: recordIn(meta) }),
  };
}

/** An answer of Redis that must be a list. @throws {StoreError} */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unreadable('a list');
}

/** An answer of Redis that must be a text, or a number as one. @throws {StoreError} */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw unreadable('a text');
}

/** What ends a reply whose machine is gone; asked for again it is made anew. */
export const restartedEvent = (messageId: string): ChatEvent => ({
  type: 'error',
  error: 'The server was restarted.',
  messageId,
  code: 'server_restarted',
  retryable: true,
  requestId: messageId.slice(0, 8),
});

const messageIn = (value: string): Message | undefined => {
  const { message } = recordIn(value);
  return parseSnapshot({ data: [message], lastEventId: 0, hasMore: false })?.data[0];
};

function recordIn(json: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(json);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw unreadable('an object');
}

const unreadable = (what: string) =>
  new StoreError(`Redis holds something else where ${what} of a session should be. Is its key prefix used by others?`);
