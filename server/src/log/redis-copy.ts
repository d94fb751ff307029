import type { Message } from 'chat-stream/protocol';
import { firstAfter, lengthOf } from './entries.js';
import { MessageEntries } from './message-entries.js';
import { following } from './redis-codec.js';
import type { Appended, LogEntry, Wake } from './session-log.js';

/** The entries from a cursor on, up to about `maxLength` UTF-16 units, at least one. */
export function portionOf(entries: readonly LogEntry[], after: number, maxLength: number): readonly LogEntry[] {
  const from = firstAfter(entries, after);
  let to = from;
  for (let length = 0; to < entries.length && length < maxLength; to++) {
    const event = entries[to]?.event;
    if (event) length += lengthOf(event);
  }
  return entries.slice(from, to);
}

/**
 * A reply as this process knows it, from its first entry on: what its readers here are served from, however many they
 * are. It holds only what Redis has confirmed.
 */
export class ReplyCopy {
  readonly watchers = new Set<Wake>();
  readonly #entries = new MessageEntries();
  /** As it was when it was asked for last: nobody asks after each token. */
  #message: Message | undefined;
  #lastId = 0;

  constructor(
    readonly sessionId: string,
    readonly messageId: string,
  ) {}

  get message(): Message | undefined {
    if (this.#message && this.#message.lastEventId !== this.#lastId) {
      const content = this.#message.content + this.#entries.textAfter(this.#message.lastEventId);
      this.#message = { ...this.#message, content, lastEventId: this.#lastId };
    }
    return this.#message;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get isRunning(): boolean {
    return this.#message?.status === 'streaming';
  }

  /** Adds what is new among these entries, and wakes who waits. */
  add(entries: readonly LogEntry[]): void {
    const after = this.lastId;
    const added = entries.slice(firstAfter(entries, after));
    if (added.length === 0) return;
    for (const entry of added) {
      this.#entries.add(entry);
      if (this.#message && entry.event.type === 'token') {
        this.#lastId = entry.id;
      } else {
        this.#message = following(this.message, entry);
        this.#lastId = this.#message?.lastEventId ?? 0;
      }
    }
    this.wake({ after, entries: added });
  }

  read(after: number, maxLength: number): readonly LogEntry[] {
    return this.#entries.read(after, maxLength);
  }

  wake(appended?: Appended): void {
    for (const wake of this.watchers) wake(appended);
  }
}
