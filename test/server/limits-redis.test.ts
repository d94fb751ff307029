import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { visitorLimits, type VisitorLimitsOptions } from '../../server/src/limits/index.js';
import { startChat } from '../helpers/chat.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually, expectProblem, newSession, postJson } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { follow, says, startName } from '../helpers/redis-name.js';

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
}, 120_000);
afterAll(() => redis.close());

/** A server with a connection of its own to Redis. */
async function node(keyPrefix: string, options: VisitorLimitsOptions, { url }: { url: string } = redis) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: 20 } });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  const chat = await startChat({ limits: visitorLimits({ redis: client, keyPrefix, ...options }) });
  const say = () => postJson(`${chat.messages(newSession())}/stream`, { content: 'Hi' });
  return { chat, client, say };
}

describe('two processes on one Redis', () => {
  test('count requests together', async () => {
    const prefix = randomUUID();
    const [one, two] = [await node(prefix, { requestsPerAddress: 3 }), await node(prefix, { requestsPerAddress: 3 })];
    const ask = async ({ chat }: typeof one) => (await fetch(`${chat.url}/sessions/${newSession()}`)).status;
    expect([await ask(one), await ask(two), await ask(one)]).toEqual([404, 404, 404]);
    const refused = await fetch(`${two.chat.url}/sessions/${newSession()}`);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    await expectProblem(refused, 429, 'rate_limited');
    expect(await ask(one)).toBe(429);
  });

  test('count messages in a session, of an address and in all together', async () => {
    for (const limits of [{ messagesPerAddress: 2 }, { messagesInAll: 2 }] satisfies VisitorLimitsOptions[]) {
      const prefix = randomUUID();
      const [one, two] = [await node(prefix, limits), await node(prefix, limits)];
      await one.chat.ask(newSession());
      await two.chat.ask(newSession());
      await expectProblem(await one.say(), 429, 'rate_limited');
      await expectProblem(await two.say(), 429, 'rate_limited');
    }
  });

  test("count a day's tokens together", async () => {
    const prefix = randomUUID();
    const [one, two] = [await node(prefix, { tokensPerDay: 100 }), await node(prefix, { tokensPerDay: 100 })];
    const { stream } = await one.chat.ask(newSession());
    const call = await one.chat.responder.call();
    call.push('Fine.', { type: 'end', usage: { totalTokens: 100 } });
    await stream.rest();
    await eventually(async () => (await two.say()).status === 503);
    await expectProblem(await two.say(), 503, 'budget_spent');
  });
});

test('while Redis is away each process counts by itself, and nobody has to wait for it', async () => {
  const prefix = randomUUID();
  const [one, two] = [await node(prefix, { messagesPerAddress: 1 }), await node(prefix, { messagesPerAddress: 1 })];
  await redis.kill();
  await eventually(() => !one.client.isReady && !two.client.isReady);
  for (const { chat, say } of [one, two]) {
    await chat.ask(newSession());
    await expectProblem(await say(), 429, 'rate_limited');
  }
  await redis.start();
  await eventually(() => one.client.isReady && two.client.isReady);
  // Redis has counted nothing meanwhile.
  await one.chat.ask(newSession());
  await expectProblem(await two.say(), 429, 'rate_limited');
});

test('while Redis stands still, too', async () => {
  const prefix = randomUUID();
  const [one, two] = [await node(prefix, { messagesPerAddress: 1 }), await node(prefix, { messagesPerAddress: 1 })];
  redis.freeze();
  onTestFinished(() => redis.thaw());
  for (const { chat, say } of [one, two]) {
    await chat.ask(newSession());
    await expectProblem(await say(), 429, 'rate_limited');
  }
  redis.thaw();
  // Its answers come in the order of what it was asked: after this one, none is owed.
  await Promise.all([one.client.ping(), two.client.ping()]);
  await one.chat.ask(newSession());
  await expectProblem(await two.say(), 429, 'rate_limited');
});

test('a master that became a replica is left for the one that its address leads to: they count together again', async () => {
  const replica = await startRedis({ settings: ['repl-diskless-sync-delay 0'] });
  onTestFinished(() => replica.close());
  await follow(replica, redis);
  await says(replica, 'master_link_status:up');
  const name = await startName(redis);
  const prefix = randomUUID();
  const limits = { requestsPerAddress: 3 };
  const nodes = [await node(prefix, limits, name), await node(prefix, limits, name)];
  const ask = async ({ chat }: (typeof nodes)[number]) => (await fetch(`${chat.url}/sessions/${newSession()}`)).status;

  name.leadTo(replica);
  await replica.command('REPLICAOF', 'NO', 'ONE');
  await follow(redis, replica);
  await says(redis, 'role:slave');
  onTestFinished(async () => void (await redis.command('REPLICAOF', 'NO', 'ONE')));
  // Meanwhile each counts by itself.
  for (const each of nodes) expect(await ask(each)).toBe(404);
  for (const { client } of nodes) {
    await eventually(async () => client.isReady && (await client.sendCommand<unknown[]>(['ROLE']))[0] === 'master');
  }
  const [one, two] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
  expect([await ask(one), await ask(two), await ask(one), await ask(two)]).toEqual([404, 404, 404, 429]);
}, 60_000);

test("a day's tokens are looked up in time or not at all", async () => {
  const clock = new FakeClock();
  const chain = { get: () => chain, pTTL: () => chain, exec: () => new Promise(() => {}) };
  const client = { isReady: true, eval: async () => [1, 60_000], multi: () => chain };
  const limits = visitorLimits({ redis: client, tokensPerDay: 1, clock });
  const refusal = limits.takeMessage('192.0.2.1', undefined);
  await eventually(() => clock.pending > 0);
  await clock.advance(500);
  expect(await refusal).toBeUndefined();
});
