import type { RedisClientOptions, RedisClusterType } from '@redis/client';
import { sleep, systemClock } from '../clock.js';

/** Between two looks at a Cluster of which a node is away. */
const LOOK_MS = 100;
/** A node that takes longer to say who has which slots is away. */
const ANSWER_MS = 1_000;

/** Where a node of a Cluster is. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
}

/**
 * What the client of a Cluster is told: the settings of all its nodes, without an address, which would count as that of
 * each; and the nodes that it asks for the others, of which `url` is one.
 */
export function clusterOptions(url: string, known: readonly ClusterNode[], settings: RedisClientOptions) {
  const { protocol, username, password } = new URL(url);
  const secure = protocol === 'rediss:' && { tls: true as const };
  return {
    rootNodes: known.length > 0 ? known.map(({ host, port }) => ({ socket: { host, port } })) : [{ url }],
    defaults: {
      ...settings,
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      socket: { ...settings.socket, ...secure },
    },
  };
}

/** What became of a node that was away. */
export interface ClusterEvents {
  /** All nodes answer again. */
  readonly onBack: () => void;
  /** Another node has its slots: the client must look for all of them anew. */
  readonly onMoved: () => void;
  /** A channel is not heard any more where it was: its slot has moved. */
  readonly onChannelMoved: (channel: string) => void;
}

type Master = RedisClusterType['masters'][number];

/**
 * Looks after a Cluster while a node of it is away. The client itself hears of a new master from the old one alone, and
 * does not tell that a node is back.
 */
export class ClusterWatch {
  readonly #cluster: RedisClusterType;
  readonly #events: ClusterEvents;
  readonly #closing = new AbortController();
  readonly #followed = new WeakSet<object>();
  #isLooking = false;
  #nodes: readonly ClusterNode[] | undefined;

  constructor(cluster: RedisClusterType, events: ClusterEvents) {
    this.#cluster = cluster;
    this.#events = events;
    cluster.on('node-reconnecting', () => this.look());
  }

  /** The masters, as one of them told last. */
  get nodes(): readonly ClusterNode[] {
    return this.#nodes ?? this.#cluster.masters;
  }

  /** A node is away, or does not answer: looks until it is back or replaced. */
  look(): void {
    if (!this.#isLooking) void this.#lookOn();
  }

  /** A slot that moves takes its channels from who hears them, and the client does not go after them. */
  followChannels(): void {
    for (const { pubSub } of this.#cluster.masters) {
      if (!pubSub || this.#followed.has(pubSub.client)) continue;
      this.#followed.add(pubSub.client);
      pubSub.client.on('sharded-channel-moved', (channel) => this.#events.onChannelMoved(String(channel)));
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #lookOn(): Promise<void> {
    const { signal } = this.#closing;
    this.#isLooking = true;
    for (;;) {
      await sleep(systemClock, LOOK_MS, signal);
      const { masters } = this.#cluster;
      const answers = await Promise.all(masters.map((master) => this.#slotsSaidBy(master)));
      if (signal.aborted) return;
      // This watch is closed by whoever looks anew; where that is not possible yet, it is told again.
      const news = answers.find((shards) => shards && this.#isNews(shards));
      if (news) {
        this.#nodes = news.map(({ master }) => master);
        this.#events.onMoved();
      } else if (!answers.includes(undefined) && masters.every(({ pubSub }) => pubSub?.client.isReady ?? true)) break;
    }
    this.#isLooking = false;
    this.#events.onBack();
  }

  async #slotsSaidBy({ client }: Master) {
    if (!client?.isReady) return undefined;
    const done = new AbortController();
    const late = sleep(systemClock, ANSWER_MS, done.signal).then(() => undefined);
    const said = client.clusterSlots().catch(() => undefined);
    return Promise.race([said, late]).finally(() => done.abort());
  }

  #isNews(shards: Awaited<ReturnType<NonNullable<Master['client']>['clusterSlots']>>): boolean {
    return shards.some(({ from, master }) => {
      const known = this.#cluster.slots[from]?.master;
      return master.host !== known?.host || master.port !== known.port;
    });
  }
}
