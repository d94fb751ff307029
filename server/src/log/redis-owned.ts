import { type ChatEvent, isTerminal } from 'chat-stream/protocol';
import { type Clock, sleep } from '../clock.js';
import { encodeEvent, listOf, textOf } from './redis-codec.js';
import type { RedisConnection } from './redis-connection.js';
import type { ReplyCopy } from './redis-copy.js';
import { APPEND, FINISH, VERIFY } from './redis-running-scripts.js';
import type { RedisScript } from './redis-script.js';
import { type LogEntry, type ReplyOwner, StoreError } from './session-log.js';

/** Between two tries to append while Redis is away. */
const RETRY_MS = 100;

/** What a reply that is generated here works with. */
export interface OwnedReplyOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  /** Names of the session's keys, as the scripts expect them. */
  readonly keys: readonly string[];
  /** What `lease` of the session's hash says while the reply is this machine's. */
  readonly lease: string;
  /** How long an append waits for Redis to come back. */
  readonly patienceMs: number;
  /** How long a session is kept after its last use, and while a reply runs. */
  readonly idleMs: number;
  readonly runningMs: number;
  /** Called once, when nothing more can be appended. `abandoned`: its end is not in the log. */
  readonly onOver: (how: 'ended' | 'lost' | 'abandoned') => void;
}

/** A reply that is generated here: the only one who appends to it, as long as its lease holds. */
export class OwnedReply {
  readonly copy: ReplyCopy;
  readonly #options: OwnedReplyOptions;
  #owner: ReplyOwner | undefined;
  /** A stop that was asked for before anybody could be told; `''`: keep all. */
  #asked: string | undefined;
  #nextId: number;
  #bytes = 0;
  #isOver = false;
  #connections: number;
  #extendedAt: number;

  constructor(copy: ReplyCopy, options: OwnedReplyOptions) {
    this.copy = copy;
    this.#options = options;
    this.#nextId = copy.lastId + 1;
    this.#connections = options.connection.connections;
    this.#extendedAt = options.clock.now();
  }

  /** What its entries take in Redis, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  own(owner: ReplyOwner): () => void {
    this.#owner = owner;
    if (this.#asked !== undefined) this.stop(this.#asked);
    if (this.#isOver) owner.lose();
    return () => {
      if (this.#owner === owner) this.#owner = undefined;
    };
  }

  /** Another machine asks for its end; `keep` is a number of characters, or empty. */
  stop(keep: string): void {
    this.#asked = keep;
    this.#owner?.stop(keep === '' ? undefined : Number(keep));
  }

  /**
   * Waits for Redis as long as the patience lasts. The same entries sent again are the same entries: where only the
   * answer was lost, Redis knows them by their ids. @throws {StoreError} where the reply was given up.
   */
  async append(events: readonly ChatEvent[]): Promise<void> {
    const { clock, patienceMs } = this.#options;
    const batch = throughTerminal(events);
    const deadline = clock.now() + patienceMs;
    while (!this.#isOver && batch.length > 0) {
      try {
        if (this.#connections !== this.#options.connection.connections) await this.verify();
        if (this.#isOver || (await this.#send(batch)) !== 'behind') return;
        // Another node may have taken over, without a connection that broke.
        await this.verify();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (clock.now() >= deadline) {
          this.#end('abandoned');
          throw error;
        }
        await sleep(clock, RETRY_MS);
      }
    }
  }

  /**
   * Looks whether the reply is still this machine's. Redis may have been restarted from an older state: what it has
   * forgotten is written again. @throws {StoreError}
   */
  async verify(): Promise<void> {
    const { connection, keys, lease } = this.#options;
    const { connections } = connection;
    const [status, last] = listOf(await connection.run(VERIFY, keys, [lease]));
    if (status !== 'owned') return this.#end('lost');
    const forgotten = this.copy.read(Number(last), Infinity);
    if (forgotten.length > 0) await this.#write(forgotten, APPEND, this.#bytes);
    this.#connections = connections;
  }

  /** It has ended, and Redis forgot that: writes it again, with what is missing before it. @throws {StoreError} */
  async restore(): Promise<void> {
    const { connection, keys, lease } = this.#options;
    const [status, last] = listOf(await connection.run(VERIFY, keys, [lease]));
    if (status === 'owned') await this.#write(this.copy.read(Number(last), Infinity), FINISH, this.#bytes);
  }

  /** It is not this machine's any more. */
  lose(): void {
    this.#end('lost');
  }

  async #send(events: readonly ChatEvent[]): Promise<'behind' | void> {
    const { messageId } = this.copy;
    const entries = events.map((event, index) => ({ id: this.#nextId + index, messageId, event }));
    const last = events.at(-1);
    const isLast = last !== undefined && isTerminal(last);
    const bytes = this.#bytes + bytesOf(entries);
    const [status, stop] = await this.#write(entries, isLast ? FINISH : APPEND, bytes);
    if (status === 'behind') return 'behind';
    if (status !== 'appended') return this.#end('lost');
    // Only now: what is sent again is not more for it.
    this.#bytes = bytes;
    this.#nextId += entries.length;
    this.copy.add(entries);
    if (isLast) return this.#end('ended');
    if (typeof stop === 'string' && stop !== this.#asked) this.stop(stop);
  }

  async #write(entries: readonly LogEntry[], script: RedisScript, bytes: number): Promise<readonly unknown[]> {
    const { connection, clock, keys, lease, idleMs, runningMs } = this.#options;
    const now = clock.now();
    const values = entries.map(({ event }) => encodeEvent(event));
    const isDue = now - this.#extendedAt > idleMs / 4;
    const ttl = script === FINISH ? idleMs : isDue ? runningMs : '';
    const news = `${this.copy.messageId} ${entries.at(-1)?.id ?? 0}`;
    // Most appends touch three keys alone, and name no more: Redis reads each name anew.
    const reply = await connection.run(script, ttl === '' ? keys.slice(0, 3) : keys, [
      lease,
      entries[0]?.id ?? 0,
      news,
      ttl,
      now,
      bytes,
      ...values,
    ]);
    if (isDue) this.#extendedAt = now;
    const [status, ...rest] = listOf(reply);
    return [textOf(status), ...rest];
  }

  #end(how: 'ended' | 'lost' | 'abandoned'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onOver(how);
    if (how === 'lost') this.#owner?.lose();
  }
}

/** What an entry takes in Redis beyond its text; measured over 500-token replies, rounded up. */
const ENTRY_BYTES = 24;

const bytesOf = (entries: readonly LogEntry[]): number =>
  entries.reduce((sum, { event }) => sum + encodeEvent(event).length + ENTRY_BYTES, 0);

/** The events up to the first one that ends a reply: what comes after it is dropped. */
function throughTerminal(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const end = events.findIndex(isTerminal);
  return end === -1 ? events : events.slice(0, end + 1);
}
