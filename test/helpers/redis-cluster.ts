import { setImmediate } from 'node:timers/promises';
import { type Redis, startRedis } from './redis.js';

/** How long a node may be silent before the others vote it out. Milliseconds. */
const NODE_TIMEOUT_MS = 1_000;
/** The same while they join. Who has not met another by then never will, and who is late on a busy machine is voted out. */
const JOIN_TIMEOUT_MS = 60_000;
const SLOTS = 16_384;
const MASTERS = 3;

/** A real Redis Cluster: three masters that share the slots, and a replica for each. */
export class RedisCluster {
  /** At the start. */
  readonly masters: readonly Redis[];
  readonly #replicas: readonly Redis[];

  constructor(masters: readonly Redis[], replicas: readonly Redis[]) {
    this.masters = masters;
    this.#replicas = replicas;
  }

  /** The address of one of its nodes: the last of the masters. */
  get url(): string {
    return this.masters.at(-1)!.url;
  }

  /** The first of the keys that are made whose slot this master has from the start. */
  async keyOf(master: Redis, make: () => string): Promise<string> {
    for (;;) {
      const key = make();
      const slot = Number(await this.#replicas[0]!.command('CLUSTER', 'KEYSLOT', key));
      if (this.masters[Math.floor((slot * MASTERS) / SLOTS)] === master) return key;
    }
  }

  /** The node that has these slots now: on a busy machine, others may have voted out the one that had them. */
  async masterNow(master: Redis): Promise<Redis> {
    const pair = [master, this.#replicas[this.masters.indexOf(master)]!];
    for (;;) {
      for (const node of pair) if (String(await node.command('ROLE')).startsWith('master')) return node;
    }
  }

  /** Has the slots of a master taken over by its replica: no connection breaks. */
  async takeOver(master: Redis): Promise<void> {
    await this.#replicas[this.masters.indexOf(master)]!.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
  }

  /** Waits until a master's replica has all that it has. */
  async isReplicated(master: Redis): Promise<void> {
    await until(async () => {
      const said = String(await master.command('INFO', 'replication'));
      const [, own] = /master_repl_offset:(\d+)/.exec(said) ?? [];
      return own !== undefined && said.includes(`offset=${own},`);
    });
  }

  /** Joins the nodes. They take writes once each has seen the others whole for a while. */
  async join(): Promise<void> {
    const all = [...this.masters, ...this.#replicas];
    const [first, ...others] = all;
    const ids = await Promise.all(all.map(async (node) => String(await node.command('CLUSTER', 'MYID'))));
    for (const [index, node] of this.masters.entries()) {
      const from = Math.ceil((index * SLOTS) / MASTERS);
      const to = Math.ceil(((index + 1) * SLOTS) / MASTERS) - 1;
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }
    for (const node of others)
      await first!.command('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(node.busPort));
    const knows = async (node: Redis) => {
      const nodes = String(await node.command('CLUSTER', 'NODES'));
      return ids.every((id) => nodes.includes(id)) && !nodes.includes('handshake');
    };
    for (const node of all) await until(() => knows(node));
    for (const [index, node] of this.#replicas.entries()) await node.command('CLUSTER', 'REPLICATE', ids[index]!);
    for (const node of this.#replicas)
      await until(async () => String(await node.command('INFO', 'replication')).includes('master_link_status:up'));
    for (const node of all)
      await until(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    for (const node of all) await node.command('CONFIG', 'SET', 'cluster-node-timeout', String(NODE_TIMEOUT_MS));
  }

  async close(): Promise<void> {
    await Promise.all([...this.masters, ...this.#replicas].map((node) => node.close()));
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setImmediate();
}

export async function startRedisCluster(): Promise<RedisCluster> {
  const settings = [`cluster-node-timeout ${JOIN_TIMEOUT_MS}`, 'repl-diskless-sync-delay 0'];
  const start = async () => startRedis({ cluster: true, settings });
  const masters = [await start(), await start(), await start()];
  const replicas = [await start(), await start(), await start()];
  const cluster = new RedisCluster(masters, replicas);
  await cluster.join();
  return cluster;
}
