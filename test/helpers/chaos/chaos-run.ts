import { startFaultProxy } from '../fault-proxy.js';
import { type BrowserClient, browserClient, type BrowserName } from './browser-client.js';
import type { ChaosClient, ClientResult } from './chaos-client.js';
import { ChaosNodes } from './chaos-nodes.js';
import { type ChaosReply, ChaosServer, type ChaosTarget, createReply } from './chaos-server.js';
import type { ChaosStore } from './chaos-store.js';
import { type Control, controlClient } from './controls.js';
import { planByReply, ReplyFaults } from './fault-plan.js';
import { FaultTally } from './fault-tally.js';
import { nodeClient } from './node-client.js';
import type { Reconnections } from './online-probe.js';

export interface ChaosOptions {
  readonly replies: number;
  readonly seed: number;
  readonly client: 'node' | BrowserName;
  /** Ask with a client that is known to be wrong. */
  readonly control?: Control | undefined;
  /** Where the sessions are. Default memory. */
  readonly store?: ChaosStore | undefined;
  /** Server processes on one Redis, of which one is killed now and then. Default: one server, in this process. */
  readonly nodes?: number | undefined;
  /** Replies under way at once. */
  readonly concurrency: number;
  /** Whether events may change places. */
  readonly reorder: boolean;
  /** The number of the one reply to run. */
  readonly only?: number | undefined;
  /** Faults of one reply at the most. Default 11. */
  readonly maxFaults?: number | undefined;
  /** How often the time from `online` to the next words is measured, in a browser. Default 0. */
  readonly reconnections?: number | undefined;
  /** Called after each reply. */
  readonly onProgress?: (done: number) => void;
}

/** How one reply went, seen from all sides. */
export interface ReplyOutcome {
  readonly reply: ChaosReply;
  /** Undefined where it hangs: nobody knows what it showed. */
  readonly client: ClientResult | undefined;
  /** What was shown at the end, and what the server has stored, is the answer. */
  readonly isExact: boolean;
  readonly generations: number;
  /** Messages of the visitor that the server has stored. */
  readonly stored: number;
  /** Requests for its words. */
  readonly tries: number;
  readonly durationMs: number;
}

export interface ChaosReport {
  readonly options: ChaosOptions;
  readonly outcomes: readonly ReplyOutcome[];
  readonly tally: FaultTally;
  /** Server processes that were killed. */
  readonly kills: number;
  /** Measured in a browser only. */
  readonly reconnections: Reconnections | undefined;
  readonly durationMs: number;
}

/**
 * Node's client lives in a time of its own, fast, but not so fast that a busy machine looks like a silent server; a
 * browser's and the controls' is the wall's, with short delays.
 */
const FAST = { speed: 20, heartbeatMs: 15_000, retryMs: 1_000 };
const REAL = { speed: 1, heartbeatMs: 250, retryMs: 20 };

/** Slower, since a server that was killed is back in a second or two; and how often one is. */
const NODES = { speed: 4, heartbeatMs: 4_000, retryMs: 1_000 };
const GENERATIONS_A_KILL = 10;

/** A reply that takes longer, with all its tries, hangs: back-off and the page's budget of tries alone may take two minutes. */
export const MAX_REPLY_MS = 300_000;

/** Asks many questions through a proxy full of faults, and holds what came of each against the truth. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const began = performance.now();
  const isFast = options.client === 'node' && !options.control;
  const { nodes = 1, seed, store } = options;
  const timing = !isFast ? REAL : nodes > 1 ? NODES : FAST;
  const several = nodes > 1 ? new ChaosNodes({ nodes, seed, timing, generationsAKill: GENERATIONS_A_KILL }) : undefined;
  const server: ChaosTarget = several ?? new ChaosServer(timing, store);
  await server.listen();
  const tally = new FaultTally();
  const faults = new Map<string, ReplyFaults>();
  const proxy = await startFaultProxy(
    () => server.url,
    planByReply((segment) => faults.get(segment)),
  );
  let client: ChaosClient | BrowserClient | undefined;
  try {
    if (options.control) client = controlClient(options.control);
    else if (options.client === 'node') client = nodeClient(timing.speed);
    else client = await browserClient(options.client, proxy.port);
    const outcomes: ReplyOutcome[] = [];
    const asking = client;
    await eachAtOnce(numbers(options), options.concurrency, async (n) => {
      const reply = createReply(options.seed, n);
      const own = new ReplyFaults(reply.seed, { maxFaults: options.maxFaults ?? 11, reorder: options.reorder }, tally);
      faults.set(reply.segment, own);
      server.teach(reply);
      outcomes.push(await askOne(asking, server, reply, own, proxy.port));
      options.onProgress?.(outcomes.length);
    });
    const { reconnections: count = 0 } = options;
    const reconnections = 'reconnections' in client && count > 0 ? await client.reconnections(seed, count) : undefined;
    outcomes.sort((a, b) => a.reply.n - b.reply.n);
    return {
      options,
      outcomes,
      tally,
      kills: several?.kills ?? 0,
      reconnections,
      durationMs: performance.now() - began,
    };
  } finally {
    await client?.close();
    await proxy.close();
    await server.close();
  }
}

async function askOne(
  client: ChaosClient,
  server: ChaosTarget,
  reply: ChaosReply,
  faults: ReplyFaults,
  port: number,
): Promise<ReplyOutcome> {
  const began = performance.now();
  const result = await Promise.race([client.ask(reply, port), hanging()]);
  const durationMs = performance.now() - began;
  const { questions, answer } = await server.stored(reply, result?.sessionId);
  const isExact = result?.phase === 'done' && result.text === reply.text && answer?.content === reply.text;
  return {
    reply,
    client: result,
    isExact,
    generations: server.generationsOf(reply),
    stored: questions,
    tries: faults.tries,
    durationMs,
  };
}

const hanging = (): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), MAX_REPLY_MS).unref());

const numbers = ({ only, replies }: ChaosOptions): number[] =>
  only === undefined ? Array.from({ length: replies }, (_, index) => index + 1) : [only];

/** Calls `work` for each item, so many at once. */
async function eachAtOnce<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
