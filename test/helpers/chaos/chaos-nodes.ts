import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../random.js';
import { type Redis, startRedis } from '../redis.js';
import type { NodeNews, NodeSettings } from './chaos-node.js';
import { type ChaosReply, type ChaosTarget, type ChaosTiming, storedAt } from './chaos-server.js';

const SCRIPT = fileURLToPath(new URL('chaos-node.mjs', import.meta.url));

/** Replies that run on a server that is killed. */
const MIN_RUNNING = 3;

export interface ChaosNode {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
}

/** Starts one server of those that share a Redis, in a process of its own; resolves when it is open. */
export async function startNode(
  settings: NodeSettings,
  onNews: (news: NodeNews, node: ChaosNode | undefined) => void = () => {},
): Promise<ChaosNode> {
  const child = spawn(process.execPath, [SCRIPT], {
    env: { ...process.env, CHAOS_NODE: JSON.stringify(settings) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  let node: ChaosNode | undefined;
  const open = new Promise<string>((resolve) =>
    child.on('message', (news: NodeNews) => {
      if (news.type === 'open') resolve(news.url);
      else onNews(news, node);
    }),
  );
  const ended = exited.then(() => Promise.reject(new Error('A server ended before it was open.')));
  node = { url: await Promise.race([open, ended]), process: child, exited };
  return node;
}

export interface ChaosNodesOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly timing: ChaosTiming;
  /** One is killed for so many generations that begin, in the middle of some. */
  readonly generationsAKill: number;
}

/** Several servers on one Redis, each in a process of its own. Now and then one is killed in the middle of replies. */
export class ChaosNodes implements ChaosTarget {
  readonly #options: ChaosNodesOptions;
  readonly #random: () => number;
  /** Those that are open. */
  readonly #nodes = new Set<ChaosNode>();
  readonly #starting = new Set<Promise<ChaosNode>>();
  readonly #generations = new Map<number, number>();
  readonly #sessions = new Map<number, string>();
  /** How many replies run on each. */
  readonly #running = new Map<ChaosNode, number>();
  #redis: Redis | undefined;
  #begun = 0;
  #kills = 0;
  #isClosed = false;

  constructor(options: ChaosNodesOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed + 3);
  }

  /** How many were killed. */
  get kills(): number {
    return this.#kills;
  }

  /** One that is open, by chance. */
  get url(): string {
    const open = [...this.#nodes];
    return open[Math.floor(this.#random() * open.length)]?.url ?? 'http://127.0.0.1:1';
  }

  async listen(): Promise<void> {
    this.#redis = await startRedis();
    await Promise.all(Array.from({ length: this.#options.nodes }, () => this.#start()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#starting);
    for (const { process: child } of this.#nodes) child.kill('SIGKILL');
    await Promise.all([...this.#nodes].map(({ exited }) => exited));
    await this.#redis?.close();
  }

  /** They know every answer. */
  teach(): void {}

  generationsOf({ n }: ChaosReply): number {
    return this.#generations.get(n) ?? 0;
  }

  stored({ n, segment }: ChaosReply, sessionId = this.#sessions.get(n)) {
    return storedAt(this.url, segment, sessionId);
  }

  /** Starts one more; resolves when it is open. */
  async #start(): Promise<void> {
    const { timing, seed } = this.#options;
    const starting = startNode({ ...timing, seed, redisUrl: this.#redis?.url ?? '' }, (news, node) => {
      if (news.type === 'generation' && node) this.#count(node, news.n, news.sessionId);
      if (news.type === 'over' && node) this.#runs(node, -1);
    });
    this.#starting.add(starting);
    this.#nodes.add(await starting);
    this.#starting.delete(starting);
  }

  #count(node: ChaosNode, n: number, sessionId: string): void {
    this.#generations.set(n, (this.#generations.get(n) ?? 0) + 1);
    this.#sessions.set(n, sessionId);
    this.#begun++;
    this.#runs(node, 1);
    // In the middle of replies: beside the one that has just begun there, others have got on.
    const isDue = this.#begun >= (this.#kills + 1) * this.#options.generationsAKill;
    if (isDue && (this.#running.get(node) ?? 0) >= MIN_RUNNING) this.#kill(node);
  }

  #runs(node: ChaosNode, change: number): void {
    this.#running.set(node, (this.#running.get(node) ?? 0) + change);
  }

  /** Ends it as a power cut does, and starts another in its place. */
  #kill(node: ChaosNode): void {
    if (this.#isClosed || this.#nodes.size <= 1 || !this.#nodes.delete(node)) return;
    this.#kills++;
    node.process.kill('SIGKILL');
    void node.exited.then(() => (this.#isClosed ? undefined : this.#start())).catch(() => {});
  }
}
