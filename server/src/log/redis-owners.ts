import { type Clock, sleep } from '../clock.js';
import { listOf, textOf } from './redis-codec.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import { type SessionPage, type SessionsQuery, type SessionSummary, soleOwner } from './session-log.js';

/** So long an entry of the list may stand there without its session: the two are not written at once. */
const SETTLED_MS = 60_000;
/** Between two tries to write an entry. */
const RETRY_MS = 1_000;
/** What is under way when the store is closed is waited for no longer. */
const CLOSE_MS = 1_000;
/** Entries that are tried again at the most; of more, the sessions come back with their next message. */
const MAX_DUE = 10_000;

interface Entry {
  readonly owner: string;
  readonly usedAt: number;
}

/** What the lists of owners work with. */
export interface RedisOwnersOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly clock: Clock;
  readonly idleMs: number;
  /** What there is of a session; undefined where it is gone or somebody else's. */
  readonly summaryOf: (id: string, owner: string) => Promise<SessionSummary | undefined>;
}

/**
 * The list of each owner's sessions: a sorted set in a slot of its own, so it cannot change at once with a session. The
 * session is the truth: a session whose entry was lost, with its process, comes back with its next message, and an entry whose session is
 * gone, or not this owner's, is passed over and struck off by whoever reads the list. Who owns one session alone has none.
 */
export class RedisOwners {
  readonly #options: RedisOwnersOptions;
  #lastUse = 0;
  /** What is not written yet, by its session. */
  readonly #due = new Map<string, Entry>();
  readonly #writing = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: RedisOwnersOptions) {
    this.#options = options;
  }

  /**
   * Puts a session at the top of its owner's list, where that is ever read. Nobody waits for it: the list may lie with a
   * Redis that is away while the session's is there. What fails is tried again.
   */
  use(owner: string, sessionId: string): void {
    if (owner === soleOwner(sessionId)) return;
    // Microseconds, rising even within one millisecond of the clock.
    this.#lastUse = Math.max(this.#lastUse + 1, this.#options.clock.now() * 1_000);
    const entry = { owner, usedAt: this.#lastUse };
    // At the end: the first is the one that waits longest.
    this.#due.delete(sessionId);
    this.#due.set(sessionId, entry);
    const [first] = this.#due.keys();
    if (this.#due.size > MAX_DUE && first !== undefined) this.#due.delete(first);
    const written = this.#write(sessionId, entry).finally(() => this.#writing.delete(written));
    this.#writing.add(written);
  }

  /** The session was deleted. */
  async strike(owner: string, sessionId: string): Promise<void> {
    this.#due.delete(sessionId);
    const key = this.#options.keys.owner(owner);
    await this.#options.connection.send(key, ['ZREM', key, sessionId]).catch(() => {});
  }

  /** Tries nothing again; resolves when what is under way is over, or takes too long. */
  async close(): Promise<void> {
    this.#closing.abort();
    const over = new AbortController();
    void Promise.all(this.#writing).then(() => over.abort());
    await sleep(this.#options.clock, CLOSE_MS, over.signal);
  }

  /** Never rejects. One that was used again meanwhile, or deleted, is left alone. */
  async #write(sessionId: string, entry: Entry): Promise<void> {
    const { connection, keys, clock, idleMs } = this.#options;
    const key = keys.owner(entry.owner);
    do {
      // What is late must not take it down from where another machine has put it since.
      const added = connection.send(key, ['ZADD', key, 'GT', String(entry.usedAt), sessionId]);
      const writes = await Promise.allSettled([added, connection.send(key, ['PEXPIRE', key, String(idleMs)])]);
      if (writes.every(({ status }) => status === 'fulfilled')) break;
      await sleep(clock, RETRY_MS, this.#closing.signal);
    } while (this.#due.get(sessionId) === entry && !this.#closing.signal.aborted);
    if (this.#due.get(sessionId) === entry) this.#due.delete(sessionId);
  }

  /** @throws {StoreError} */
  async page(owner: string, { limit, before }: SessionsQuery): Promise<SessionPage> {
    const { connection, keys } = this.#options;
    const key = keys.owner(owner);
    let from = 0;
    if (before !== undefined) {
      const rank = await connection.send(key, ['ZREVRANK', key, before]);
      if (rank === null) return { data: [] };
      from = Number(textOf(rank)) + 1;
    }
    const found: SessionSummary[] = [];
    while (found.length <= limit) {
      const wanted = limit + 1 - found.length;
      const range = ['ZRANGE', key, String(from), String(from + wanted - 1), 'REV', 'WITHSCORES'];
      const reply = listOf(await connection.send(key, range)).map(textOf);
      const entries = reply.flatMap((id, index) => (index % 2 === 0 ? { id, usedAt: Number(reply[index + 1]) } : []));
      if (entries.length === 0) break;
      found.push(...(await this.#known(owner, entries)));
      from += entries.length;
    }
    const data = found.slice(0, limit);
    const last = data.at(-1);
    return { data, ...(last && found.length > limit && { nextBefore: last.id }) };
  }

  async #known(owner: string, entries: readonly { readonly id: string; readonly usedAt: number }[]) {
    const summaries = await Promise.all(entries.map(({ id }) => this.#options.summaryOf(id, owner)));
    const settled = (this.#options.clock.now() - SETTLED_MS) * 1_000;
    for (const [index, { id, usedAt }] of entries.entries()) {
      if (!summaries[index] && usedAt < settled) void this.strike(owner, id);
    }
    return summaries.filter((summary) => summary !== undefined);
  }
}
