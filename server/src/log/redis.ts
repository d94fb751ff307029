/**
 * `chat-stream-server/redis`: sessions in Redis, shared by many machines. A module of its own, so that who does not use
 * it does not load it.
 * @module
 */
import type { ChatEvent, Message, Snapshot } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import { claimIn } from './redis-claim.js';
import { decodeEntries, decodeSession, listOf, messagesOf, textOf } from './redis-codec.js';
import { RedisConnection } from './redis-connection.js';
import { patiently, StoreFullError } from './redis-failure.js';
import { RedisCopies } from './redis-copies.js';
import { EndedReplies } from './redis-ended.js';
import { portionOf, type ReplyCopy } from './redis-copy.js';
import { RedisKeys } from './redis-keys.js';
import { RedisMachine } from './redis-machine.js';
import { OwnedReply } from './redis-owned.js';
import { readRedisOptions, type RedisLogOptions } from './redis-options.js';
import { RedisOwners } from './redis-owners.js';
import { RedisRequests } from './redis-requests.js';
import { ASK_STOP, SINCE_SEEN } from './redis-running-scripts.js';
import type { RedisScript } from './redis-script.js';
import { CREATE, DELETE, READ, SNAPSHOT, SUMMARY, TOUCH, UPDATE } from './redis-scripts.js';
import {
  type Claim,
  type ClaimRequest,
  type LogEntry,
  type NewSession,
  type OtherMachines,
  type Session,
  type SessionLog,
  type SessionPage,
  type SessionPatch,
  type SessionsQuery,
  type SnapshotQuery,
  type SessionSummary,
  StoreError,
  type Wake,
} from './session-log.js';

export type { RedisLogOptions } from './redis-options.js';

/** A running reply lives on so much longer than its session's idle time: it is nobody's use, but must not vanish. */
const RUNNING_EXTRA_MS = 60 * 60 * 1000;

/**
 * Sessions in Redis 7 or later, alone or a Cluster, for any number of processes behind any balancer: each serves each
 * session. The package `@redis/client` must be installed.
 *
 * ```ts
 * import { redisLog } from 'chat-stream-server/redis';
 * createChatServer({ respond, log: redisLog({ url: 'redis://127.0.0.1:6379' }) });
 * ```
 * @throws {TypeError} where the address is none, or an option is out of its range. @throws {StoreError} where the package is missing.
 */
export function redisLog(options: RedisLogOptions): SessionLog {
  return new RedisLog(options);
}

class RedisLog implements SessionLog, OtherMachines {
  readonly #clock: Clock;
  readonly #keys: RedisKeys;
  readonly #connection: RedisConnection;
  readonly #copies: RedisCopies;
  readonly #machine: RedisMachine;
  readonly #requests: RedisRequests;
  readonly #owners: RedisOwners;
  readonly #options: Required<RedisLogOptions>;
  /** The replies that are generated here, by their message. */
  readonly #owned = new Map<string, OwnedReply>();
  readonly #ended: EndedReplies;
  #started = false;

  constructor(options: RedisLogOptions) {
    this.#options = readRedisOptions(options);
    const { clock } = this.#options;
    this.#clock = clock;
    const keys = (this.#keys = new RedisKeys(this.#options.prefix));
    const connection = (this.#connection = new RedisConnection(this.#options));
    const shared = { ...this.#options, keys, connection };
    const ended = (this.#ended = new EndedReplies(clock));
    const machine = (this.#machine = new RedisMachine({
      ...shared,
      onBeat: () => this.#copies.sweep(),
      onLate: () => this.#verifyAll(),
      restore: (reply) => ended.restore(reply),
    }));
    const requests = (this.#requests = new RedisRequests({ ...shared, machine, find: (id) => this.#owned.get(id) }));
    this.#copies = new RedisCopies({ ...shared, check: (node, reply) => requests.check(node, reply) });
    this.#owners = new RedisOwners({ ...shared, summaryOf: (id, owner) => this.#summaryOf(id, owner) });
    connection.onReady = () => this.#copies.catchUp();
  }

  readonly others: OtherMachines = this;

  async createSession(id: string, { owner, metadata }: NewSession = {}): Promise<Session | 'full' | 'gone'> {
    const meta = metadata ? JSON.stringify(metadata) : '';
    const { idleMs } = this.#options;
    try {
      const reply = await this.#run(CREATE, id, [this.#clock.now(), owner ?? '', meta, idleMs]);
      if (reply === 'gone') return 'gone';
      if (owner !== undefined) this.#owners.use(owner, id);
      return this.#sessionIn(id, reply) ?? 'gone';
    } catch (error) {
      if (error instanceof StoreFullError) return 'full';
      throw error;
    }
  }

  async getSession(id: string): Promise<Session | undefined> {
    const { idleMs } = this.#options;
    return this.#sessionIn(id, await this.#run(TOUCH, id, [idleMs, idleMs + RUNNING_EXTRA_MS]));
  }

  async updateSession(id: string, { title, metadata }: SessionPatch): Promise<Session | undefined> {
    const meta = metadata ? JSON.stringify(metadata) : '';
    const values = [this.#clock.now(), title ?? '', meta, title === undefined ? 0 : 1];
    const session = this.#sessionIn(id, await this.#run(UPDATE, id, values));
    if (session?.owner !== undefined) this.#owners.use(session.owner, id);
    return session;
  }

  async listSessions(owner: string, query: SessionsQuery): Promise<SessionPage> {
    return this.#patiently(() => this.#owners.page(owner, query));
  }

  async deleteSession(id: string): Promise<boolean> {
    const deleted = await this.#run(DELETE, id, [this.#options.idleMs]);
    this.#copies.drop(id);
    if (deleted === null) return false;
    const [owner = '', lease = ''] = listOf(deleted).map(textOf);
    const [messageId = '', , machine] = lease.split(' ');
    if (machine !== undefined) await this.#requests.lose(machine, { sessionId: id, messageId });
    if (owner !== '') await this.#owners.strike(owner, id);
    return true;
  }

  async claim(sessionId: string, request: ClaimRequest): Promise<Claim> {
    this.#start();
    const { idleMs, maxSessionBytes } = this.#options;
    const claimed = await claimIn(sessionId, request, {
      machine: this.#machine,
      now: this.#clock.now(),
      runningMs: idleMs + RUNNING_EXTRA_MS,
      maxSessionBytes,
      add: (reply) => this.#patiently(() => this.#machine.add(reply)),
      run: (script, args) => this.#run(script, sessionId, args),
      getMessage: (messageId) => this.getMessage(sessionId, messageId),
      check: (machine, reply) => this.#requests.check(machine, reply),
    });
    if ('copy' in claimed) {
      this.#own(claimed.copy, claimed.lease);
      if (request.owner !== undefined) this.#owners.use(request.owner, sessionId);
      return claimed.claim;
    }
    return claimed;
  }

  async append(sessionId: string, messageId: string, events: readonly ChatEvent[]): Promise<void> {
    const reply = this.#owned.get(messageId);
    if (reply?.copy.sessionId === sessionId) await reply.append(events);
  }

  async read(sessionId: string, messageId: string, after: number, maxLength: number): Promise<readonly LogEntry[]> {
    const copy = await this.#copies.find(sessionId, messageId);
    if (copy) return copy.read(after, maxLength);
    const count = Math.min(1_000, Math.max(1, Math.ceil(maxLength / UNITS_PER_ENTRY)));
    const reply = await this.#run(READ, sessionId, [messageId, after, count, 0]);
    return reply === null ? [] : portionOf(decodeEntries(listOf(reply)[2], messageId), after, maxLength);
  }

  watch(sessionId: string, messageId: string, wake: Wake): () => void {
    this.#start();
    return this.#copies.watch(sessionId, messageId, wake);
  }

  async getMessage(sessionId: string, messageId: string): Promise<Message | undefined> {
    const copy = await this.#copies.find(sessionId, messageId);
    // What is superseded later on, a copy does not hear of.
    if (copy?.isRunning) return copy.message;
    const reply = await this.#run(READ, sessionId, [messageId, 0, '', 0]);
    if (reply === null) return undefined;
    const [cuts, , entries] = listOf(reply);
    return messagesOf(decodeEntries(entries, messageId), textOf(cuts))[0];
  }

  async snapshot(sessionId: string, { limit, before }: SnapshotQuery): Promise<Snapshot | undefined> {
    const reply = await this.#run(SNAPSHOT, sessionId, [limit, before ?? '']);
    if (reply === null) return undefined;
    const [cuts, active, lastEventId, hasMore, entries] = listOf(reply);
    return {
      data: messagesOf(decodeEntries(entries), textOf(cuts)),
      lastEventId: Number(lastEventId),
      ...(active !== '' && { activeMessageId: textOf(active) }),
      hasMore: hasMore === 1,
    };
  }

  async check(): Promise<void> {
    await this.#connection.open();
    const info = textOf(await this.#connection.send(this.#keys.machines, ['INFO']));
    const [, version = '0'] = /redis_version:(\d+)/.exec(info) ?? [];
    if (Number(version) < 7) throw new StoreError(`Redis ${version} is too old. Run Redis 7 or later.`);
    if (/^role:slave/m.test(info)) {
      if (!this.#options.cluster) this.#connection.line.leave();
      throw new StoreError('Redis is a replica, and takes no writes. Name its master.');
    }
    this.#start();
  }

  async close(): Promise<void> {
    await Promise.all([this.#started && this.#machine.close(), this.#owners.close()]);
    this.#connection.close();
  }

  own(_sessionId: string, messageId: string, owner: Parameters<OtherMachines['own']>[2]): () => void {
    const reply = this.#owned.get(messageId);
    if (reply) return reply.own(owner);
    owner.lose();
    return () => {};
  }

  async requestStop(sessionId: string, messageId: string, keepLength?: number): Promise<void> {
    const keep = keepLength === undefined ? '' : String(keepLength);
    const machine = await this.#run(ASK_STOP, sessionId, [messageId, keep]);
    if (machine !== null) await this.#requests.stop(textOf(machine), { sessionId, messageId }, keep);
  }

  async sinceRead(sessionId: string): Promise<number> {
    const sinceMs = Number(await this.#run(SINCE_SEEN, sessionId, []));
    return sinceMs < 0 ? Infinity : sinceMs;
  }

  /** Begins to beat and to hear, once it is used. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#machine.start();
    this.#requests.listen();
  }

  #own(copy: ReplyCopy, lease: string): void {
    const { sessionId, messageId } = copy;
    const { patienceMs, idleMs } = this.#options;
    const reply = new OwnedReply(copy, {
      connection: this.#connection,
      clock: this.#clock,
      keys: this.#keys.session(sessionId),
      lease,
      patienceMs,
      idleMs,
      runningMs: idleMs + RUNNING_EXTRA_MS,
      onOver: (how) => {
        this.#owned.delete(messageId);
        if (how === 'abandoned') {
          this.#machine.abandon({ sessionId, messageId });
          this.#copies.drop(sessionId);
        } else {
          this.#machine.remove(copy);
          if (how === 'ended') this.#ended.keep(reply);
          this.#copies.disown(copy);
        }
      },
    });
    this.#owned.set(messageId, reply);
    this.#copies.own(copy);
  }

  /** This machine was taken for dead, or Redis knows nothing of it. */
  #verifyAll(): void {
    for (const reply of this.#owned.values()) {
      const { sessionId, messageId } = reply.copy;
      this.#machine.add({ sessionId, messageId }).catch(() => {});
      reply.verify().catch(() => {});
    }
  }

  async #summaryOf(id: string, owner: string): Promise<SessionSummary | undefined> {
    const [hash, count] = listOf(await this.#connection.run(SUMMARY, this.#keys.session(id), []));
    const session = this.#sessionIn(id, hash);
    if (session?.owner !== owner) return undefined;
    const { title, updatedAt } = session;
    return { id, ...(title !== undefined && { title }), updatedAt, messageCount: Number(count) };
  }

  #sessionIn(id: string, reply: unknown): Session | undefined {
    return decodeSession(id, reply, this.#clock.now() + this.#options.idleMs);
  }

  #run(script: RedisScript, sessionId: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#patiently(() => this.#connection.run(script, this.#keys.session(sessionId), args));
  }

  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return patiently(work, this.#options);
  }
}

/** UTF-16 units of an entry, few rather than many: how many are asked for at once. */
const UNITS_PER_ENTRY = 64;
