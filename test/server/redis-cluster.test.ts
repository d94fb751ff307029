/** A Cluster that loses a master in the middle of a reply: its replica takes over, and nobody sees more than a pause. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually, newSession, textOf } from '../helpers/http.js';
import type { Redis } from '../helpers/redis.js';
import { type RedisCluster, startRedisCluster } from '../helpers/redis-cluster.js';
import { RedisConnection } from '../../server/src/log/redis-connection.js';
import { end, message, started } from './log-steps.js';
import { openReady, startTwo } from './two-machines.js';

/** Far above what a vote among the nodes takes, on a busy machine too. */
const PATIENCE_MS = 60_000;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
}, 120_000);
afterAll(() => cluster.close());

test("a master that stands still holds up no message of a session elsewhere, although its owner's list lies there", async () => {
  const last = cluster.masters[2]!;
  const beats = await cluster.keyOf(last, () => `${randomUUID()}:machines`);
  const prefix = beats.slice(0, -':machines'.length);
  // An answer is waited for as long as the test may take, and longer.
  const options = { cluster: true, prefix, timeoutMs: 120_000, leaseMs: 60_000, requestPatienceMs: PATIENCE_MS };
  const log = await openReady(cluster.url, options);
  const session = await cluster.keyOf(last, newSession);
  const { assistant } = await started(log, session);
  // The replies that run on a machine are a set of its own, in whatever slot.
  const [first, second] = cluster.masters as [Redis, Redis];
  const hasRunning = String(await first.command('KEYS', `${prefix}:machine:*`)) !== '';
  const master = hasRunning ? second : first;
  await log.append(session, assistant.id, [end(assistant.id)]);
  const owner = (await cluster.keyOf(master, () => `${prefix}:owner:${randomUUID()}`)).split(':').at(-1)!;

  await cluster.isReplicated(master);
  master.freeze();
  onTestFinished(() => master.thaw());
  const owned = await cluster.keyOf(last, newSession);
  const claim = await started(log, owned, { ...message('Hello'), owner });
  await log.append(owned, claim.assistant.id, [end(claim.assistant.id)]);
  // Whose it is, its own slot knows.
  expect(await log.claim(owned, { ...message('Mine?'), owner: 'somebody else' })).toEqual({ status: 'foreign' });
  expect(await log.getSession(owned)).toMatchObject({ owner });
}, 60_000);

const faults: readonly [fault: string, index: number, fail: (master: Redis) => Promise<void> | void][] = [
  ['is killed', 0, (master) => master.kill()],
  ['stands still, and lets nobody know', 1, (master) => master.freeze()],
];

test.each(faults)(
  'a master that %s is replaced: replies go on, on all machines, and its sessions stay',
  async (_, index, fail) => {
    const first = cluster.masters[index]!;
    const session = await cluster.keyOf(first, newSession);
    const elsewhere = await cluster.keyOf(cluster.masters[2]!, newSession);
    // What the machines tell each other lies with it, too: the worst case.
    const beats = await cluster.keyOf(first, () => `${randomUUID()}:machines`);
    const { one, other, responder } = await startTwo(cluster.url, {
      cluster: true,
      prefix: beats.slice(0, -':machines'.length),
      leaseMs: 5_000,
      timeoutMs: 500,
      patienceMs: PATIENCE_MS,
      requestPatienceMs: PATIENCE_MS,
    });
    const { stream, start, messageId } = await one.ask(session, { content: 'Hello', clientMessageId: 'key-1' });
    const call = await responder.call(0);
    call.push('One ');
    expect(await stream.event()).toMatchObject({ content: 'One ' });
    const followed = await other.resume(session, messageId, start?.id);
    expect(await followed.event()).toMatchObject({ content: 'One ' });

    const master = await cluster.masterNow(first);
    await cluster.isReplicated(master);
    await fail(master);
    call.push('two ');
    await one.clock.advance(40);
    // What the others have is served meanwhile.
    await one.answered(elsewhere, 'Fine.');

    call.push('three.');
    await one.clock.advance(40);
    call.end();
    for (const reader of [stream, followed]) {
      const events = await reader.events();
      expect(textOf(events)).toBe('two three.');
      expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 14 });
    }
    expect((await other.snapshot(session)).data[1]).toMatchObject({ content: 'One two three.', status: 'complete' });
    await eventually(async () => (await fetch(`${other.url}/readyz`)).status === 200);
    await other.answered(session, 'Fine.', 'Again?');
  },
  90_000,
);

test('a channel is heard again after its slot has moved, although no connection broke', async () => {
  const last = cluster.masters[2]!;
  const channel = await cluster.keyOf(last, randomUUID);
  const connection = new RedisConnection({ url: cluster.url, cluster: true, timeoutMs: 2_000 });
  try {
    await connection.open();
    let heard = 0;
    await connection.subscribe(channel, () => heard++);
    await cluster.takeOver(last);
    await eventually(async () => {
      await connection.send(channel, ['SPUBLISH', channel, 'news']).catch(() => {});
      return heard > 0 && (await cluster.masterNow(last)) !== last;
    });
    const before = heard;
    await eventually(async () => {
      await connection.send(channel, ['SPUBLISH', channel, 'news']).catch(() => {});
      return heard > before;
    });
  } finally {
    connection.close();
  }
}, 60_000);
