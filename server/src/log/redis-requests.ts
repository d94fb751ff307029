import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisMachine, RunningReply } from './redis-machine.js';
import type { OwnedReply } from './redis-owned.js';

/** What processes ask each other for with. */
export interface RedisRequestsOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly machine: RedisMachine;
  /** A reply that is generated here. */
  readonly find: (messageId: string) => OwnedReply | undefined;
}

/** What a process asks of the one that a reply runs on: each has a channel where it is told. */
export class RedisRequests {
  readonly #options: RedisRequestsOptions;

  constructor(options: RedisRequestsOptions) {
    this.#options = options;
  }

  /** Begins to hear. */
  listen(): void {
    const { connection, keys, machine, find } = this.#options;
    void connection.subscribe(keys.requests(machine.id), (request) => {
      const [what, messageId = '', keep = '', sessionId = ''] = request.split(' ');
      const reply = find(messageId);
      if (what === 'lose') return reply?.lose();
      if (!reply) return void machine.disclaim({ sessionId, messageId });
      if (what === 'stop') reply.stop(keep);
    });
  }

  /** Where it is lost on the way, the machine's next append tells it the same. `keep`: a number of characters, or all. */
  async stop(machine: string, reply: RunningReply, keep: string): Promise<void> {
    await this.#tell(machine, 'stop', reply, keep);
  }

  /** Its session was deleted. */
  async lose(machine: string, reply: RunningReply): Promise<void> {
    await this.#tell(machine, 'lose', reply);
  }

  /**
   * Has a reply ended that seems to run, and does not: Redis forgot its end, in a failover perhaps. Its machine knows; where
   * nobody hears for that one, it may be gone.
   */
  async check(machine: string, reply: RunningReply): Promise<void> {
    const heard = await this.#tell(machine, 'check', reply);
    if (heard === 0) await this.#options.machine.endIfGone(machine, reply).catch(() => {});
  }

  /** By how many it was heard; undefined where Redis is away. */
  async #tell(machine: string, what: string, { sessionId, messageId }: RunningReply, keep = ''): Promise<unknown> {
    const channel = this.#options.keys.requests(machine);
    const request = `${what} ${messageId} ${keep} ${sessionId}`;
    return this.#options.connection.send(channel, ['SPUBLISH', channel, request]).catch(() => undefined);
  }
}
