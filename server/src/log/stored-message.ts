import type { Message } from 'chat-stream/protocol';
import { applied } from './entries.js';
import { MessageEntries } from './message-entries.js';
import type { Appended, LogEntry, Wake } from './session-log.js';

/**
 * One message of a session in memory. It is its part of the log, and has none: each token would pay the way from one
 * object to the other.
 */
export class StoredMessage extends MessageEntries {
  /** Called after each change of the reply. Most messages have none, and most replies one: it needs no set. */
  #watcher: Wake | undefined;
  #others: Set<Wake> | undefined;
  /** As it was when it was asked for last: nobody asks after each token. */
  #message: Message;
  #lastId: number;

  readonly id: string;

  constructor(message: Message) {
    super();
    this.id = message.id;
    this.#message = message;
    this.#lastId = message.lastEventId;
  }

  /** Id of its last entry. */
  get lastId(): number {
    return this.#lastId;
  }

  get message(): Message {
    if (this.#lastId !== this.#message.lastEventId) {
      const content = this.#message.content + this.textAfter(this.#message.lastEventId);
      this.#message = { ...this.#message, content, lastEventId: this.#lastId };
    }
    return this.#message;
  }

  override add(entry: LogEntry): number {
    const { event } = entry;
    if (event.type !== 'token' && event.type !== 'message') this.#message = applied(this.message, event);
    this.#lastId = entry.id;
    return super.add(entry);
  }

  /** An edit or another version took its place. */
  supersede(): void {
    this.#message = { ...this.message, status: 'superseded' };
  }

  watch(wake: Wake): () => void {
    if (this.#watcher) (this.#others ??= new Set()).add(wake);
    else this.#watcher = wake;
    return () => {
      if (this.#watcher === wake) this.#watcher = undefined;
      else this.#others?.delete(wake);
    };
  }

  wake(appended?: Appended): void {
    this.#watcher?.(appended);
    if (this.#others) for (const wake of this.#others) wake(appended);
  }
}
