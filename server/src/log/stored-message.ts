import type { Message } from 'chat-stream/protocol';
import { applied } from './entries.js';
import type { Appended, LogEntry, Wake } from './session-log.js';

/** One message of a session in memory, with its part of the log. */
export class StoredMessage {
  readonly entries: LogEntry[] = [];
  /** Called after each change of the reply. Most messages have none. */
  #watchers: Set<Wake> | undefined;
  #message: Message;
  /** Text that came since `#message` was made: nobody asks for the message after each token. */
  #added = '';
  #lastId: number;

  constructor(message: Message) {
    this.#message = message;
    this.#lastId = message.lastEventId;
  }

  /** Id of its last entry. */
  get lastId(): number {
    return this.#lastId;
  }

  get message(): Message {
    if (this.#lastId !== this.#message.lastEventId) {
      const content = this.#message.content + this.#added;
      this.#message = { ...this.#message, content, lastEventId: this.#lastId };
      this.#added = '';
    }
    return this.#message;
  }

  log(entry: LogEntry): void {
    this.entries.push(entry);
    const { event } = entry;
    if (event.type === 'token') this.#added += event.content;
    else if (event.type !== 'message') this.#message = applied(this.message, event);
    this.#lastId = entry.id;
  }

  /** An edit or another version took its place. */
  supersede(): void {
    this.#message = { ...this.message, status: 'superseded' };
  }

  watch(wake: Wake): () => void {
    const watchers = (this.#watchers ??= new Set());
    watchers.add(wake);
    return () => watchers.delete(wake);
  }

  wake(appended?: Appended): void {
    for (const wake of this.#watchers ?? []) wake(appended);
  }
}
