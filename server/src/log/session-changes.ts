import type { ChatEvent, Message, TokenEvent } from 'chat-stream/protocol';
import type { Intent } from './session-log.js';

/**
 * What happened in a session, as data: planned first, stored, and then made to happen. The same changes in the same order
 * make the same session, with the same entries under the same ids.
 */
export type SessionChange = ClaimedChange | AppendedChange;

/** An intent was taken and its reply opened. */
export interface ClaimedChange {
  readonly type: 'claimed';
  /** Of its first entry. */
  readonly id: number;
  /** The message that was said; none where an answer is made again. */
  readonly user?: Message;
  readonly assistant: Message;
  /** The message whose place `user` takes. */
  readonly replaces?: string;
}

/** Events were appended to the running reply, under ids that follow each other. */
export interface AppendedChange {
  readonly type: 'appended';
  /** Of its first entry. */
  readonly id: number;
  readonly messageId: string;
  readonly events: readonly ChatEvent[];
}

/** One change as it is stored. */
export interface StoredChange {
  readonly id: number;
  /** JSON: an object for a claim, an array for what was appended. */
  readonly body: string;
}

/** What the visitor wanted when that was claimed. */
export function intentOf({ user, assistant, replaces }: ClaimedChange): Intent {
  if (!user) return { kind: 'regenerate', messageId: assistant.variantOf ?? '' };
  return { kind: 'message', content: user.content, ...(replaces !== undefined && { replaces }) };
}

/** Both as one: the second follows the first. */
export const joinedChange = (first: AppendedChange | undefined, second: AppendedChange): AppendedChange =>
  first ? { ...first, events: [...first.events, ...second.events] } : second;

/** A change as it is stored, with tokens that follow each other packed. */
export function encodeChange(change: SessionChange): StoredChange {
  const { id } = change;
  if (change.type === 'appended') return { id, body: JSON.stringify(packed(change.events)) };
  const { user, assistant, replaces } = change;
  return { id, body: JSON.stringify({ user, assistant, replaces }) };
}

/** @throws {SyntaxError} where the body is not what `encodeChange` made. */
export function decodeChanges(stored: readonly StoredChange[]): SessionChange[] {
  let messageId = '';
  return stored.map(({ id, body }) => {
    // Written by `encodeChange` alone; a file whose pages were damaged is noticed by the store.
    const parsed = JSON.parse(body) as readonly PackedEvent[] | Omit<ClaimedChange, 'type' | 'id'>;
    if (isList(parsed)) return { type: 'appended', id, messageId, events: parsed.flatMap(unpacked) };
    // One reply of a session runs at a time: what is appended belongs to the one that was opened last.
    messageId = parsed.assistant.id;
    return { type: 'claimed', id, ...parsed };
  });
}

/**
 * Tokens that follow each other: their joined text, and how long each of them is. A cursor inside the run is as good as
 * any: unpacked, the entries are the same as before.
 */
interface TokenRun {
  readonly type: 'tokens';
  content: string;
  readonly lengths: number[];
  readonly at?: number;
}

type PackedEvent = ChatEvent | TokenRun;

function packed(events: readonly ChatEvent[]): PackedEvent[] {
  const result: PackedEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type !== 'token' || !isPlain(event)) {
      result.push(event);
    } else if (last?.type === 'tokens' && event.at === endOf(last)) {
      last.content += event.content;
      last.lengths.push(event.content.length);
    } else {
      const { content, at } = event;
      result.push({ type: 'tokens', content, lengths: [content.length], ...(at !== undefined && { at }) });
    }
  }
  return result;
}

function unpacked(event: PackedEvent): ChatEvent[] {
  if (event.type !== 'tokens') return [event];
  let offset = 0;
  return event.lengths.map((length): TokenEvent => {
    const content = event.content.slice(offset, offset + length);
    const at = event.at === undefined ? {} : { at: event.at + offset };
    offset += length;
    return { type: 'token', content, ...at };
  });
}

/** Where the next token of a run begins; undefined where its tokens do not say. */
const endOf = ({ at, content }: TokenRun): number | undefined => (at === undefined ? undefined : at + content.length);

/** A token without fields that a run has no room for. */
export function isPlain(event: TokenEvent): boolean {
  // Asked of each token: a list of its names would be made for nothing.
  for (const name in event) if (name !== 'type' && name !== 'content' && name !== 'at') return false;
  return true;
}

const isList = (value: unknown): value is readonly PackedEvent[] => Array.isArray(value);
