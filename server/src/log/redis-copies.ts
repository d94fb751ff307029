import type { Clock } from '../clock.js';
import { decodeEntries, listOf, textOf } from './redis-codec.js';
import type { RedisConnection } from './redis-connection.js';
import { ReplyCopy } from './redis-copy.js';
import type { RedisKeys } from './redis-keys.js';
import type { RunningReply } from './redis-machine.js';
import { READ } from './redis-scripts.js';
import type { LogEntry, Wake } from './session-log.js';

/** What the copies of followed replies work with. */
export interface RedisCopiesOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly clock: Clock;
  /** A copy of a running reply that heard nothing for so long looks by itself. */
  readonly leaseMs: number;
  /** A copy that could not look for so long is given up: its readers find the store away. */
  readonly patienceMs: number;
  /** Has a reply ended that seems to run on a machine, and does not. Never rejects. */
  readonly check: (machine: string, reply: RunningReply) => Promise<void>;
}

/** So often Redis is told that somebody reads here, and asked whether the reply is still there. */
const LEASES_A_LOOK = 3;

/** How one copy is kept up to date. */
interface Followed {
  readonly copy: ReplyCopy;
  /** Resolves when it holds what there was, or was given up. */
  loaded: Promise<void>;
  isOwned: boolean;
  isSubscribed: boolean;
  isSyncing: boolean;
  /** Something came while it was syncing. */
  isBehind: boolean;
  syncedAt: number;
  /** When Redis was told last that somebody reads here. */
  seenAt: number;
}

/**
 * The replies this process knows: those it generates, which need no telling, and those somebody here reads, which are
 * followed. What is published only wakes a copy; it reads from the log what comes after its last entry. A message that
 * was lost on the way (each break of the subscriber's line loses some) is made good by the next one, or by a look of its
 * own after a lease of silence.
 */
export class RedisCopies {
  readonly #options: RedisCopiesOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: RedisCopiesOptions) {
    this.#options = options;
  }

  /** The copy of a message that holds what there is of it; undefined where there is none. */
  async find(sessionId: string, messageId: string): Promise<ReplyCopy | undefined> {
    const followed = this.#followed.get(nameOf(sessionId, messageId));
    await followed?.loaded;
    return followed?.copy.message && this.#followed.has(nameOf(sessionId, messageId)) ? followed.copy : undefined;
  }

  /** A reply that is generated here: its copy is fed by who generates it. */
  own(copy: ReplyCopy): void {
    this.#add(copy, true);
  }

  /** The reply is not generated here any more; its readers stay, where it has some. */
  disown(copy: ReplyCopy): void {
    const followed = this.#followed.get(nameOf(copy.sessionId, copy.messageId));
    if (!followed) return;
    followed.isOwned = false;
    if (copy.watchers.size === 0) this.#forget(followed);
    else if (copy.isRunning) void this.#sync(followed);
  }

  watch(sessionId: string, messageId: string, wake: Wake): () => void {
    const known = this.#followed.get(nameOf(sessionId, messageId));
    const followed = known ?? this.#add(new ReplyCopy(sessionId, messageId), false);
    followed.copy.watchers.add(wake);
    if (!known) followed.loaded = this.#load(followed);
    return () => {
      followed.copy.watchers.delete(wake);
      if (followed.copy.watchers.size === 0 && !followed.isOwned) this.#forget(followed);
    };
  }

  /** Gives up all copies of a session that is no more; their readers look, and find nothing. */
  drop(sessionId: string): void {
    for (const followed of this.#followed.values()) if (followed.copy.sessionId === sessionId) this.#giveUp(followed);
  }

  /** Looks after what has been silent for a lease. Called a few times in each. */
  sweep(): void {
    const { clock, leaseMs, patienceMs } = this.#options;
    const now = clock.now();
    for (const followed of this.#followed.values()) {
      if (followed.isOwned || !followed.copy.isRunning) continue;
      const silentMs = now - followed.syncedAt;
      if (silentMs >= patienceMs) this.#giveUp(followed);
      else if (silentMs >= leaseMs) void this.#sync(followed);
    }
  }

  /** What was published while the line was down is lost: looks after all of them. */
  catchUp(): void {
    for (const followed of this.#followed.values()) {
      if (followed.isOwned) continue;
      // A Redis of an older state does not know that somebody follows: without that nothing is published.
      followed.seenAt = -Infinity;
      void this.#sync(followed);
    }
  }

  #add(copy: ReplyCopy, isOwned: boolean): Followed {
    const followed: Followed = {
      copy,
      loaded: Promise.resolve(),
      isOwned,
      isSubscribed: false,
      isSyncing: false,
      isBehind: false,
      syncedAt: this.#options.clock.now(),
      seenAt: -Infinity,
    };
    this.#followed.set(nameOf(copy.sessionId, copy.messageId), followed);
    return followed;
  }

  /** A finished reply is read once; a running one once more after its channel is heard, so that nothing falls between. */
  async #load(followed: Followed): Promise<void> {
    await this.#sync(followed);
    const { copy } = followed;
    if (!copy.isRunning || copy.watchers.size === 0 || followed.isOwned) return;
    followed.isSubscribed = true;
    const { connection, keys } = this.#options;
    await connection.subscribe(keys.channel(copy.sessionId), (news) => this.#hear(copy.sessionId, news));
    await this.#sync(followed);
  }

  #hear(sessionId: string, news: string): void {
    if (news === 'deleted') return this.drop(sessionId);
    const [messageId = '', last] = news.split(' ');
    const followed = this.#followed.get(nameOf(sessionId, messageId));
    if (followed && !followed.isOwned && followed.copy.lastId < Number(last)) void this.#sync(followed);
  }

  /** Reads what comes after the last entry. Never rejects: what could not be read now is read later. */
  async #sync(followed: Followed): Promise<void> {
    followed.isBehind = true;
    if (followed.isSyncing) return;
    followed.isSyncing = true;
    const { copy } = followed;
    const { clock, leaseMs } = this.#options;
    try {
      while (followed.isBehind) {
        followed.isBehind = false;
        const now = clock.now();
        const isDue = now - followed.seenAt >= leaseMs * LEASES_A_LOOK;
        const entries = copy.isRunning && !isDue ? await this.#tail(copy) : await this.#look(copy);
        if (!entries) return this.#giveUp(followed);
        followed.syncedAt = now;
        if (isDue) followed.seenAt = now;
        copy.add(entries.filter(({ messageId }) => messageId === copy.messageId));
      }
    } catch {
      if (!copy.message) this.#giveUp(followed);
    } finally {
      followed.isSyncing = false;
      if (!copy.isRunning) this.#unsubscribe(followed);
    }
  }

  /** What was appended to a running reply: it is the newest message of its session, so its entries are the last ones. */
  async #tail({ sessionId, messageId, lastId }: ReplyCopy): Promise<readonly LogEntry[]> {
    const [, log = ''] = this.#options.keys.session(sessionId);
    const reply = await this.#options.connection.send(log, ['XRANGE', log, String(lastId + 1), '+']);
    return decodeEntries(reply, messageId);
  }

  /**
   * The same, and that somebody reads it here; undefined where there is no such message any more, or it ended before
   * what is known of it here: Redis was restarted from an older state, and who generated it was gone.
   */
  async #look({ sessionId, messageId, lastId }: ReplyCopy): Promise<readonly LogEntry[] | undefined> {
    const { connection, keys } = this.#options;
    const reply = await connection.run(READ, keys.session(sessionId), [messageId, lastId, '', 1]);
    if (reply === null) return undefined;
    const [, , entries, machine = ''] = listOf(reply);
    const added = decodeEntries(entries, messageId);
    if (added.length > 0) return added;
    if (machine === '') return undefined;
    void this.#options.check(textOf(machine), { sessionId, messageId });
    return added;
  }

  #giveUp(followed: Followed): void {
    this.#forget(followed);
    followed.copy.wake();
  }

  #forget(followed: Followed): void {
    const name = nameOf(followed.copy.sessionId, followed.copy.messageId);
    if (this.#followed.get(name) === followed) this.#followed.delete(name);
    this.#unsubscribe(followed);
  }

  /** At most one reply of a session runs: a session's channel is heard for one copy, or for none. */
  #unsubscribe(followed: Followed): void {
    if (!followed.isSubscribed) return;
    followed.isSubscribed = false;
    void this.#options.connection.unsubscribe(this.#options.keys.channel(followed.copy.sessionId));
  }
}

const nameOf = (sessionId: string, messageId: string): string => `${sessionId} ${messageId}`;
