import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionLog } from 'chat-stream-server';
import { systemClock } from '../../server/src/clock.js';
import { redisLog } from '../../server/src/log/redis.js';
import { FlushTicker } from '../../server/src/replies/flush-ticker.js';
import { Replies } from '../../server/src/replies/replies.js';
import { startNode } from '../helpers/chaos/chaos-nodes.js';
import { type Redis, startRedis } from '../helpers/redis.js';

const FLUSH_MS = 25;
const TOKEN = 'coral ';
const SECONDS = 6;

const silent = () => {};
/** What all replies here work with. */
const UNBOUNDED = {
  clock: systemClock,
  ticker: new FlushTicker({ intervalMs: FLUSH_MS }),
  logger: { info: silent, warn: silent, error: silent },
  limits: { orphanTimeoutMs: Infinity, maxDurationMs: Infinity, maxReplyLength: 1e9 },
  record: silent,
  maxRunning: Infinity,
};

interface Load {
  readonly replies: number;
  /** Of each reply. */
  readonly tokensASecond: number;
  /** Each reply is read on another machine, too. */
  readonly isReadElsewhere: boolean;
}

/** What Redis has done so far, in microseconds and calls. */
async function usageOf(redis: Redis) {
  const cpu = String(await redis.command('INFO', 'cpu'));
  const of = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(cpu)?.[1]) * 1e6;
  const stats = String(await redis.command('INFO', 'commandstats'));
  const calls = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(stats);
  return {
    cpuUs: of('used_cpu_user_main_thread') + of('used_cpu_sys_main_thread'),
    calls: Number(calls?.[1] ?? 0),
    scriptUs: Number(calls?.[2] ?? 0),
  };
}

/** Generates so many replies at once through the real `Replies`, and tells what a token costs. */
async function measure(redis: Redis, { replies, tokensASecond, isReadElsewhere }: Load) {
  await redis.command('FLUSHALL');
  const log = redisLog({ url: redis.url });
  const other = redisLog({ url: redis.url });
  await Promise.all([log.check(), other.check()]);
  const pushes = new Set<() => void>();
  let tokens = 0;
  const timer = setInterval(() => pushes.forEach((push) => push()), 1_000 / tokensASecond);
  const delaysMs: number[] = [];
  const appendedAt = new Map<string, number>();
  const timed: SessionLog = Object.assign(Object.create(log) as SessionLog, {
    append: (...args: Parameters<SessionLog['append']>) => {
      appendedAt.set(args[1], performance.now());
      return log.append(...args);
    },
    claim: log.claim.bind(log),
    others: undefined,
  });
  const running = new Replies({
    ...UNBOUNDED,
    log: timed,
    async *respond({ signal }) {
      let waiting = 0;
      let wake = silent;
      const push = () => {
        waiting++;
        tokens++;
        wake();
      };
      pushes.add(push);
      signal.addEventListener('abort', () => wake(), { once: true });
      while (!signal.aborted) {
        for (; waiting > 0; waiting--) yield TOKEN;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      pushes.delete(push);
    },
  });
  const unwatch: (() => void)[] = [];
  const ids: (readonly [string, string])[] = [];
  const claimOne = async () => {
    const sessionId = randomUUID();
    const claim = await running.claim(sessionId, { intent: { kind: 'message', content: 'Hello' } });
    if (claim.status !== 'started') throw new Error(claim.status);
    const messageId = claim.assistant.id;
    ids.push([sessionId, messageId]);
    if (!isReadElsewhere) return;
    const seen = () => delaysMs.push(performance.now() - (appendedAt.get(messageId) ?? Infinity));
    unwatch.push(other.watch(sessionId, messageId, seen));
  };
  for (let n = 0; n < replies; n += 50) await Promise.all(Array.from({ length: Math.min(50, replies) }, claimOne));
  await sleep(1_500);
  const [before, cpuBefore, tokensBefore] = [await usageOf(redis), process.cpuUsage(), tokens];
  delaysMs.length = 0;
  await sleep(SECONDS * 1_000);
  const [after, cpu, made] = [await usageOf(redis), process.cpuUsage(cpuBefore), tokens - tokensBefore];
  const connections =
    String(await redis.command('CLIENT', 'LIST'))
      .trim()
      .split('\n').length - 1;
  clearInterval(timer);
  unwatch.forEach((end) => end());
  for (const [, messageId] of ids) void running.get(messageId)?.stop();
  while (running.running > 0) await sleep(10);
  await Promise.all([log.close(), other.close()]);
  delaysMs.sort((a, b) => a - b);
  const at = (share: number) => delaysMs[Math.floor(delaysMs.length * share)]?.toFixed(1) ?? '–';
  console.log(
    [
      String(replies).padStart(5),
      String(tokensASecond).padStart(4),
      isReadElsewhere ? 'elsewhere' : 'here only',
      `${(made / SECONDS).toFixed(0)}/s`.padStart(9),
      ((after.cpuUs - before.cpuUs) / made).toFixed(2).padStart(6),
      ((after.scriptUs - before.scriptUs) / (after.calls - before.calls)).toFixed(1).padStart(6),
      ((after.calls - before.calls) / made).toFixed(2).padStart(6),
      ((cpu.user + cpu.system) / made).toFixed(1).padStart(6),
      at(0.5).padStart(7),
      at(0.95).padStart(7),
      String(connections / 2).padStart(5),
    ].join(' │ '),
  );
}

/** Bytes in Redis of a session with one reply of 500 tokens, said at 40 a second. */
async function measureBytes(redis: Redis) {
  for (const together of [1, 3, 5]) {
    await redis.command('FLUSHALL');
    const log = redisLog({ url: redis.url });
    const sessionId = randomUUID();
    const claim = await log.claim(sessionId, { intent: { kind: 'message', content: 'Hello' } });
    if (claim.status !== 'started') throw new Error(claim.status);
    const { id } = claim.assistant;
    for (let at = 0; at < 500; at += together) {
      const content = TOKEN.repeat(together);
      await log.append(sessionId, id, [{ type: 'token', content, at: at * TOKEN.length }]);
    }
    await log.append(sessionId, id, [{ type: 'end', messageId: id, reason: 'complete', length: 500 * TOKEN.length }]);
    let all = 0;
    let stream = 0;
    for (const key of (await redis.command('KEYS', `*{${sessionId}}*`)) as string[]) {
      const bytes = Number(await redis.command('MEMORY', 'USAGE', key, 'SAMPLES', '0'));
      all += bytes;
      if (key.endsWith(':log')) stream = bytes;
    }
    console.log(`${together} tokens an entry: ${stream} bytes of the log, ${all} of the whole session (text: 3000)`);
    await log.close();
  }
}

/** From a stop that is asked of another process than the one that generates to where it is heard, and to its answer. */
async function measureStop(redis: Redis, stops: number) {
  await redis.command('FLUSHALL');
  const logs = [redisLog({ url: redis.url }), redisLog({ url: redis.url })] as const;
  await Promise.all(logs.map((log) => log.check()));
  let heardAt = 0;
  const respond = async function* ({ signal }: { readonly signal: AbortSignal }) {
    yield TOKEN;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    heardAt = performance.now();
  };
  const [here, other] = [
    new Replies({ ...UNBOUNDED, log: logs[0], respond }),
    new Replies({ ...UNBOUNDED, log: logs[1], respond }),
  ];
  const heardMs: number[] = [];
  const answeredMs: number[] = [];
  for (let n = 0; n < stops; n++) {
    const sessionId = randomUUID();
    const claim = await here.claim(sessionId, { intent: { kind: 'message', content: 'Hello' } });
    if (claim.status !== 'started') throw new Error(claim.status);
    await sleep(50);
    const askedAt = performance.now();
    await other.stop(sessionId, claim.assistant);
    answeredMs.push(performance.now() - askedAt);
    heardMs.push(heardAt - askedAt);
  }
  await Promise.all(logs.map((log) => log.close()));
  const told = (name: string, values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(1);
    return `${name} after ${at(0.5)} ms (p50; p95 ${at(0.95)} ms)`;
  };
  console.log(`stop asked elsewhere, ${stops} times: ${told('heard', heardMs)}, ${told('answered', answeredMs)}`);
}

/** From the death of a machine to the end of the last of its replies, as another one's readers see it. */
async function measureTakeover(redis: Redis, replies: number) {
  await redis.command('FLUSHALL');
  const node = await startNode({
    redisUrl: redis.url,
    seed: 1,
    speed: 1,
    heartbeatMs: 15_000,
    retryMs: 1_000,
    endless: true,
  });
  const log = redisLog({ url: redis.url });
  await log.check();
  const ends: Promise<void>[] = [];
  const streams: Response[] = [];
  for (let n = 0; n < replies; n++) {
    const sessionId = randomUUID();
    const response = await fetch(`${node.url}/any/sessions/${sessionId}/messages/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ content: `Question ${n} of run 1` }),
    });
    streams.push(response);
    const messageId = (await log.snapshot(sessionId, { limit: 1 }))?.activeMessageId ?? '';
    ends.push(
      new Promise((resolve) => {
        const look = async () => {
          const message = await log.getMessage(sessionId, messageId);
          if (message?.status === 'error') resolve();
        };
        log.watch(sessionId, messageId, () => void look());
      }),
    );
  }
  await sleep(1_000);
  const killedAt = performance.now();
  node.process.kill('SIGKILL');
  for (const response of streams) response.body?.cancel().catch(() => {});
  await Promise.race(ends);
  const firstMs = performance.now() - killedAt;
  await Promise.all(ends);
  console.log(
    `takeover of ${replies} replies: first after ${firstMs.toFixed(0)} ms, last after ${(performance.now() - killedAt).toFixed(0)} ms`,
  );
  await log.close();
}

export async function main(): Promise<void> {
  const redis = await startRedis();
  console.log(
    'replies │ tok/s │ read │ tokens │ Redis µs/token │ script µs │ scripts/token │ Node µs/token │ p50 ms │ p95 ms │ connections a process',
  );
  for (const isReadElsewhere of [false, true]) {
    for (const [replies, tokensASecond] of [
      [100, 40],
      [100, 120],
      [1_000, 40],
      [1_000, 120],
    ] as const) {
      await measure(redis, { replies, tokensASecond, isReadElsewhere });
    }
  }
  await measureBytes(redis);
  await measureStop(redis, 100);
  for (const replies of [1, 100, 500]) for (let i = 0; i < 5; i++) await measureTakeover(redis, replies);
  await redis.close();
}
