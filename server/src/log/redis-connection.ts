import type { RedisClientType, RedisClusterType } from '@redis/client';
import { sleep, systemClock } from '../clock.js';
import { clusterOptions, type ClusterNode, ClusterWatch } from './redis-cluster.js';
import { StoreError } from './session-log.js';
import { asStoreError } from './redis-failure.js';
import { ReplicaLine } from './redis-replica.js';
import type { RedisScript } from './redis-script.js';

/** Where a Redis is, and how long it may take. */
export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with user, password and database where there are any; of a Cluster, any of its nodes. */
  readonly url: string;
  /** The address is that of a node of a Redis Cluster. */
  readonly cluster: boolean;
  /** An answer that takes longer counts as none: the connections are opened anew. Milliseconds. */
  readonly timeoutMs: number;
}

const library = await import('@redis/client').catch((cause: unknown) => ({ cause }));

type Client = RedisClientType | RedisClusterType;
type Listener = (message: string) => void;

/** Between tries to reach a Redis that is away; well below a lease, so that all machines are back before any is missed. */
const RECONNECT_MS = 100;

/**
 * Two connections, however many replies and readers there are: one for commands, one for what is published. (In a
 * Cluster, two to each of its nodes that is talked to.) While Redis is away every call fails at once; the caller waits.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #library: typeof import('@redis/client');
  /** The channels that are to be heard, and those that are. */
  readonly #listeners = new Map<string, Listener>();
  #heard = new Map<string, Listener>();
  #tuning = new Map<string, Promise<void>>();
  #commands: Client | undefined;
  #subscriber: Client | undefined;
  #opening: Promise<void> | undefined;
  #count = 0;
  #awaySince: number | undefined;
  #knowsNodes = false;
  /** Of a Cluster: looks after its nodes, and what they were. */
  #watch: ClusterWatch | undefined;
  #nodes: readonly ClusterNode[] = [];
  #asksNamed = false;
  #closed = false;
  /** Why it could not be connected, as it was told last. */
  #failure: unknown;
  /** Left where it leads to a replica. (A Cluster's client is told by its nodes who is the master.) */
  readonly line = new ReplicaLine(
    () => performance.now(),
    () => this.reset(),
  );
  /** Called whenever Redis is there again, and what was published meanwhile is lost. */
  onReady: () => void = () => {};

  /** @throws {StoreError} where the client's package is not there: it is an optional dependency. */
  constructor(options: RedisConnectionOptions) {
    if (!('createClient' in library)) {
      const message = 'The Redis store needs the package @redis/client. Run: npm install @redis/client';
      throw new StoreError(message, { cause: library.cause });
    }
    this.#library = library;
    this.#options = options;
  }

  /** How often it was connected: where that changed, Redis may have been restarted in between. */
  get connections(): number {
    return this.#count;
  }

  get #isReady(): boolean {
    const client = this.#commands;
    // A Cluster counts as open while it still looks for its nodes.
    return client !== undefined && ('isReady' in client ? client.isReady : this.#knowsNodes);
  }

  /** Waits for the first connection; later on, one that is away is away. @throws {StoreError} */
  async open(): Promise<void> {
    if (this.#isReady) return;
    if (this.#closed) throw new StoreError('The store was closed.');
    if (this.#commands && !this.#opening) {
      const now = performance.now();
      this.#awaySince ??= now;
      if (now - this.#awaySince > 2 * this.#options.timeoutMs) {
        // A line that opened, and on which nobody ever answers, would be waited for for ever.
        this.#awaySince = now;
        this.reset();
      }
      throw this.#away();
    }
    this.#opening ??= this.#connect().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  /** @throws {StoreError} */
  async run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    try {
      return await this.#send(keys[0] ?? '', ['EVALSHA', script.sha, ...rest]);
    } catch (error) {
      // Redis keeps scripts in memory alone: after a restart it is told them again.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw this.#failed(error);
    }
    return this.send(keys[0] ?? '', ['EVAL', script.source, ...rest]);
  }

  /** A command; `key` says which node of a Cluster it goes to. @throws {StoreError} */
  async send(key: string, args: string[]): Promise<unknown> {
    try {
      return await this.#send(key, args);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): StoreError {
    if (!this.#options.cluster) this.line.failed(error);
    return asStoreError(error);
  }

  /** Hands on what is published in a channel; again after each break, without what came meanwhile. */
  subscribe(channel: string, listener: Listener): Promise<void> {
    this.#listeners.set(channel, listener);
    return this.#tune(channel);
  }

  unsubscribe(channel: string): Promise<void> {
    this.#listeners.delete(channel);
    return this.#tune(channel);
  }

  /** Hears a channel, or not, as is wanted by the time its turn comes: the client mixes up two that overlap. */
  async #tune(channel: string): Promise<void> {
    const before = this.#tuning.get(channel);
    const heard = this.#heard;
    const tuned = (async () => {
      await before;
      const listener = this.#listeners.get(channel);
      if (heard !== this.#heard || heard.get(channel) === listener) return;
      if (heard.delete(channel)) await this.#inTime(this.#subscriber?.sUnsubscribe(channel)).catch(() => {});
      if (!listener) return;
      heard.set(channel, listener);
      await this.#inTime(this.#subscriber?.sSubscribe(channel, listener)).catch(() => heard.delete(channel));
      this.#watch?.followChannels();
    })();
    this.#tuning.set(channel, tuned);
    await tuned;
    if (this.#tuning.get(channel) === tuned) this.#tuning.delete(channel);
  }

  /** Tries for as long as the channel is wanted, on these connections. */
  async #hearAgain(channel: string): Promise<void> {
    const heard = this.#heard;
    do {
      heard.delete(channel);
      await sleep(systemClock, RECONNECT_MS);
      // Any command has the client look where the slot is now.
      await this.send(channel, ['EXISTS', channel]).catch(() => {});
      await this.#tune(channel);
    } while (heard === this.#heard && this.#listeners.has(channel) && !heard.has(channel));
  }

  async #tuneAll(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((channel) => this.#tune(channel)));
  }

  /** Gives up connections that are silent, and opens new ones. */
  reset(): void {
    if (this.#closed || this.#opening) return;
    this.#destroy();
    this.#opening = this.#connect()
      .catch(() => {})
      .finally(() => (this.#opening = undefined));
  }

  close(): void {
    this.#closed = true;
    this.#destroy();
  }

  async #send(key: string, args: string[]): Promise<unknown> {
    if (!this.#isReady) await this.open();
    const client = this.#commands;
    if (!client) throw this.#away();
    return 'masters' in client ? this.#inTime(client.sendCommand(key, false, args)) : client.sendCommand(args);
  }

  /** One node of a Cluster may be silent while all else is well: who waits for it is told, and it is looked after. */
  async #inTime<T>(answer: Promise<T> | undefined): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.#watch?.look();
        reject(this.#away());
      }, this.#options.timeoutMs);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  /** Begins to connect, and goes on trying whatever comes; waits for it no longer than the time-out. */
  async #connect(): Promise<void> {
    const { url, cluster, timeoutMs } = this.#options;
    const { createClient, createCluster } = this.#library;
    const settings = {
      disableOfflineQueue: true,
      socket: { connectTimeout: timeoutMs, reconnectStrategy: RECONNECT_MS },
    };
    if (cluster) {
      // Where those known do not answer, the one that was named is asked, and the other way round.
      const known = this.#asksNamed ? [] : this.#nodes;
      this.#asksNamed = !this.#asksNamed;
      const all: RedisClusterType = createCluster(clusterOptions(url, known, settings));
      this.#commands = this.#subscriber = all;
      const onBack = () => {
        this.#ready();
        void this.#tuneAll();
      };
      const onChannelMoved = (channel: string) => void this.#hearAgain(channel);
      this.#watch = new ClusterWatch(all, { onBack, onMoved: () => this.reset(), onChannelMoved });
      all.on('node-ready', () => this.#ready());
    } else {
      const commands: RedisClientType = createClient({ url, ...settings });
      const subscriber: RedisClientType = createClient({ url, ...settings });
      this.#commands = commands;
      this.#subscriber = subscriber;
      commands.on('ready', () => this.#ready());
      subscriber.on('ready', () => this.#ready());
    }
    const clients = [...new Set([this.#commands, this.#subscriber])];
    let cancel: () => void = () => {};
    const late = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(() => reject(this.#away()), timeoutMs);
      cancel = () => clearTimeout(timer);
    });
    try {
      await Promise.race([Promise.all(clients.map((client) => this.#persist(client))), late]);
    } finally {
      cancel();
    }
  }

  /** Connects one client. What a client tells as `error` is told by the calls that fail, too. */
  async #persist(client: Client): Promise<void> {
    client.on('error', (error) => (this.#failure = error));
    while (client === this.#commands || client === this.#subscriber) {
      try {
        await client.connect();
        break;
      } catch (error) {
        this.#failure = error;
        // A Cluster whose nodes are all away ends the try; a client alone goes on by itself.
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS).unref());
      }
    }
    // It may have been given up meanwhile.
    if (client !== this.#subscriber) return;
    this.#knowsNodes = true;
    this.#asksNamed = false;
    this.#heard.clear();
    await this.#tuneAll();
  }

  /** Says which Redis, and what it or the way to it says: a wrong password looks like none from here. */
  #away(): StoreError {
    const { host } = new URL(this.#options.url);
    const why = this.#failure instanceof Error && this.#failure.message !== '' ? this.#failure.message : 'no answer';
    const reason = why.slice(0, 200).replace(/\.$/, '');
    return new StoreError(`Redis is away (${host}: ${reason}). Nothing can be read or written until it is back.`, {
      cause: this.#failure,
    });
  }

  #ready(): void {
    this.#count++;
    this.#awaySince = undefined;
    this.#failure = undefined;
    this.onReady();
  }

  #destroy(): void {
    const clients = new Set([this.#commands, this.#subscriber]);
    this.#commands = this.#subscriber = undefined;
    this.#knowsNodes = false;
    const nodes = this.#watch?.nodes ?? [];
    if (nodes.length > 0) this.#nodes = nodes;
    this.#watch?.close();
    // What a connection that is given up was asked for may never be answered: nobody waits for it.
    this.#heard = new Map();
    this.#tuning = new Map();
    for (const client of clients) if (client?.isOpen) client.destroy();
  }
}
