import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { listOf, restartedEvent, textOf } from './redis-codec.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import { BEAT, BURY, TAKE_OVER } from './redis-running-scripts.js';

/** How many replies of a dead machine are ended at once. */
const AT_ONCE = 200;

/** What a process among others works with. */
export interface RedisMachineOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
  /** Called at each beat. */
  readonly onBeat: () => void;
  /** Called when its own lease had ended: others may have ended its replies. */
  readonly onLate: () => void;
  /** Writes again how a reply ended here; false where that is not known any more. @throws {StoreError} */
  readonly restore: (reply: RunningReply) => Promise<boolean>;
}

/** A reply, by its session. */
export interface RunningReply {
  readonly sessionId: string;
  readonly messageId: string;
}

/**
 * This process among the others on one Redis. One lease holds for all its replies: renewed every third of its time, it
 * costs the same whatever their number. Whose lease has ended is dead, or so slow that it must be taken for dead: its
 * replies are ended by whoever sees it first, and the fence of each (its lease in the session's hash) keeps out what a
 * machine that comes back still writes.
 */
export class RedisMachine {
  readonly id = randomUUID();
  readonly #options: RedisMachineOptions;
  /** With the time at which each was ended first, or at which it was found that there was nothing to end. */
  readonly #abandoned = new Map<RunningReply, number | undefined>();
  /** What runs here, or is about to. */
  readonly #running = new Set<string>();
  #cancel: () => void = () => {};
  #isClosed = false;
  #beatingSince: number | undefined;
  /** Since when its beats were answered in time. After a break of Redis leases have ended, and all machines live. */
  #steadySince = Infinity;
  #beatAt = -Infinity;
  /** When its lease ends, by the time of Redis, as it was told last. */
  #endsAt = 0;
  /** Connections there had been when it was answered last. */
  #connections = 0;
  #burying: Promise<void> | undefined;
  /** Redis may have forgotten the ends of replies that ran here. */
  #mayHaveForgotten = false;

  constructor(options: RedisMachineOptions) {
    this.#options = options;
  }

  start(): void {
    this.#beatAndGoOn();
  }

  /** A reply is about to be claimed here. Before, so that none can run that nobody would find. @throws {StoreError} */
  async add(reply: RunningReply): Promise<void> {
    this.#running.add(memberOf(reply));
    await this.#changeRunning('SADD', reply);
  }

  /** It has ended, or was not claimed. Where Redis does not hear it, whoever looks finds nothing to end. */
  remove(reply: RunningReply): void {
    this.#running.delete(memberOf(reply));
    this.#changeRunning('SREM', reply).catch(() => {});
  }

  /** A reply of this machine that cannot go on: it is ended as soon as Redis can be reached. */
  abandon(reply: RunningReply): void {
    this.#running.delete(memberOf(reply));
    this.#abandoned.set(reply, undefined);
  }

  /**
   * Said to run here: where it does not, Redis has forgotten its end, and it would stay open for ever. Never rejects: where
   * Redis is away again, it is asked for again.
   */
  async disclaim(reply: RunningReply): Promise<void> {
    if (this.#running.has(memberOf(reply))) return;
    const isRestored = await this.#options.restore(reply).catch(() => true);
    if (!isRestored) this.abandon(reply);
  }

  /** Ends a reply whose machine beats no more, and was struck off before. @throws {StoreError} */
  async endIfGone(machine: string, reply: RunningReply): Promise<void> {
    const { connection, keys } = this.#options;
    const endsAt = await connection.send(keys.machines, ['ZSCORE', keys.machines, machine]);
    if (endsAt === null && this.#isSteady) await this.#end(machine, [reply]);
  }

  /** Takes its leave, so that nobody looks after it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    const { connection, keys } = this.#options;
    await this.#burying;
    await this.#end(this.id, [...this.#abandoned.keys()]).catch(() => {});
    const left = await connection.send(keys.running(this.id), ['SCARD', keys.running(this.id)]).catch(() => 1);
    if (left === 0) await connection.send(keys.machines, ['ZREM', keys.machines, this.id]).catch(() => {});
  }

  #beatAndGoOn(): void {
    const { clock, leaseMs, onBeat } = this.#options;
    this.#cancel = clock.after(leaseMs / 3, () => this.#beatAndGoOn());
    onBeat();
    void this.#beat();
  }

  async #beat(): Promise<void> {
    const { connection, keys, clock, leaseMs, timeoutMs, onLate } = this.#options;
    const now = clock.now();
    if (this.#beatingSince !== undefined) {
      if (now - this.#beatingSince < timeoutMs) return;
      // Nothing comes back on this line, and nobody says so.
      connection.reset();
    }
    this.#beatingSince = now;
    try {
      const reply = await connection.run(BEAT, [keys.machines], [this.id, leaseMs]);
      const [late, ended, nextEndsInMs, foundEnd, newEnd] = listOf(reply);
      if (this.#isClosed) return;
      // A Redis that came back in an older state knows less of all machines: what has ended there may live. So may what
      // ended while none of them could be heard, however short that was for this one.
      const isOlder = Number(foundEnd) < this.#endsAt;
      const wasAway = connection.connections !== this.#connections || clock.now() - this.#beatAt > leaseMs;
      if (isOlder || wasAway) this.#steadySince = clock.now();
      if (isOlder || wasAway || late === 1) this.#mayHaveForgotten = true;
      this.#connections = connection.connections;
      this.#beatAt = clock.now();
      this.#endsAt = Number(newEnd);
      if (late === 1) onLate();
      this.#lookWhenEnded(Number(nextEndsInMs));
      if (this.#mayHaveForgotten) await this.#disclaimForgotten();
      if (this.#abandoned.size > 0) await this.#endAbandoned();
      const dead = listOf(ended).map(textOf);
      if (dead.length > 0 && this.#isSteady) {
        this.#burying ??= this.#bury(dead).finally(() => (this.#burying = undefined));
      }
    } catch {
      // Redis is away: the next beat comes.
    } finally {
      if (this.#beatingSince === now) this.#beatingSince = undefined;
    }
  }

  /** A machine that missed a beat is looked after when its lease ends, not a third of a lease later. */
  #lookWhenEnded(endsInMs: number): void {
    const { clock, leaseMs } = this.#options;
    if (endsInMs >= leaseMs / 3) return;
    this.#cancel();
    this.#cancel = clock.after(endsInMs + 1, () => this.#beatAndGoOn());
  }

  /** Whether other machines could have been heard for long enough to tell who lives. */
  get #isSteady(): boolean {
    const { clock, leaseMs } = this.#options;
    return clock.now() - this.#steadySince >= leaseMs;
  }

  /** @throws {StoreError} */
  async #disclaimForgotten(): Promise<void> {
    const { connection, keys } = this.#options;
    const members = await connection.send(keys.running(this.id), ['SMEMBERS', keys.running(this.id)]);
    this.#mayHaveForgotten = false;
    for (const reply of listOf(members).map(textOf).map(replyIn)) void this.disclaim(reply);
  }

  /** Twice, a lease apart: what was sent on a line that broke, Redis may do later than what was sent on the next one. */
  async #endAbandoned(): Promise<void> {
    const { clock, leaseMs } = this.#options;
    const replies = [...this.#abandoned.keys()];
    await this.#end(this.id, replies);
    const now = clock.now();
    for (const reply of replies) {
      const endedAt = this.#abandoned.get(reply) ?? now;
      if (now - endedAt >= leaseMs) this.#abandoned.delete(reply);
      else this.#abandoned.set(reply, endedAt);
    }
  }

  async #bury(machines: readonly string[]): Promise<void> {
    const { connection, keys } = this.#options;
    try {
      for (const machine of machines) {
        const members = await connection.send(keys.running(machine), ['SMEMBERS', keys.running(machine)]);
        await this.#end(machine, listOf(members).map(textOf).map(replyIn));
        await connection.run(BURY, [keys.machines], [machine]);
      }
    } catch {
      // What is left is found again at the next beat, by this machine or another.
    }
  }

  /** Ends what still runs of these replies of a machine, and strikes them off. @throws {StoreError} */
  async #end(machine: string, replies: readonly RunningReply[]): Promise<void> {
    const { connection, keys, clock, idleMs } = this.#options;
    const running = keys.running(machine);
    for (let from = 0; from < replies.length; from += AT_ONCE) {
      const some = replies.slice(from, from + AT_ONCE);
      await Promise.all(
        some.map(({ sessionId, messageId }) => {
          const event = JSON.stringify(restartedEvent(messageId));
          return connection.run(TAKE_OVER, keys.session(sessionId), [messageId, machine, clock.now(), idleMs, event]);
        }),
      );
      await connection.send(running, ['SREM', running, ...some.map(memberOf)]);
    }
  }

  async #changeRunning(command: 'SADD' | 'SREM', reply: RunningReply): Promise<void> {
    const key = this.#options.keys.running(this.id);
    await this.#options.connection.send(key, [command, key, memberOf(reply)]);
  }
}

const memberOf = ({ sessionId, messageId }: RunningReply): string => `${sessionId} ${messageId}`;

function replyIn(member: string): RunningReply {
  const [sessionId = '', messageId = ''] = member.split(' ');
  return { sessionId, messageId };
}
