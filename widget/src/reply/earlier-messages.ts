import type { Message, Snapshot } from '../protocol/index.js';
import type { Transport } from './transport.js';

/**
 * Messages that are fetched at once: 25 questions and answers. A page of a long conversation is rendered in one go, and
 * 50 messages of 500 characters take a phone's 50 ms.
 */
export const PAGE_SIZE = 50;

/**
 * What lies before the first message that is shown. `none`: nothing, or it is not known. `more`: can be asked for.
 * `failed`: could not be fetched, and can be asked for again. `start`: was fetched to the beginning.
 */
export type EarlierState = 'none' | 'more' | 'loading' | 'failed' | 'start';

/** A conversation's stored messages, as many of the newest ones as were asked for. */
export class EarlierMessages {
  #data: readonly Message[] = [];
  #hasMore = false;
  #hasPaged = false;
  #attempt: 'loading' | 'failed' | undefined;

  get state(): EarlierState {
    if (!this.#hasMore) return this.#hasPaged ? 'start' : 'none';
    return this.#attempt ?? 'more';
  }

  /** The newest messages, with the pages before them that were loaded. @throws {ChatError} */
  async fetchNewest(transport: Transport, sessionId: string, signal: AbortSignal): Promise<Snapshot> {
    const newest = await transport.history(sessionId, signal, { limit: PAGE_SIZE });
    const [first] = newest.data;
    // Where the first has changed, so may have what lies before it: that is asked for again.
    const at = this.#data.findIndex(({ id, status }) => id === first?.id && status === first.status);
    if (at <= 0) this.#hasMore = newest.hasMore;
    this.#data = [...this.#data.slice(0, Math.max(0, at)), ...newest.data];
    // A page can begin in the middle of a question's answers: then nothing of it can be shown yet.
    while (!signal.aborted && this.#hasMore && !this.#data.some(isShown)) {
      if (!(await this.load(transport, sessionId, signal))) break;
    }
    return this.#with(newest);
  }

  /** Fetches the page before; undefined where there is none, or it could not be fetched. Never rejects. */
  async load(transport: Transport, sessionId: string, signal: AbortSignal): Promise<Snapshot | undefined> {
    const [oldest] = this.#data;
    if (!oldest || !this.#hasMore || this.#attempt === 'loading') return undefined;
    this.#attempt = 'loading';
    try {
      const page = await transport.history(sessionId, signal, { limit: PAGE_SIZE, before: oldest.id });
      this.#attempt = undefined;
      // Meanwhile the newest were asked for again, and these are no longer the ones before them.
      if (signal.aborted || this.#data[0]?.id !== oldest.id) return undefined;
      this.#hasPaged = true;
      // Who answers with what there is already, has nothing before it.
      const known = new Set(this.#data.map(({ id }) => id));
      const data = page.data.filter(({ id }) => !known.has(id));
      this.#hasMore = page.hasMore && data.length > 0;
      this.#data = [...data, ...this.#data];
      return this.#with(page);
    } catch {
      this.#attempt = 'failed'; // the visitor is told, and can ask again
      return undefined;
    }
  }

  #with(snapshot: Snapshot): Snapshot {
    return { ...snapshot, data: this.#data, hasMore: this.#hasMore };
  }
}

const isShown = ({ role, status }: Message): boolean => role === 'user' && status !== 'superseded';
