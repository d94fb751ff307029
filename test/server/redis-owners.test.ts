/** The list of an owner's sessions, while Redis is away. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { RedisConnection } from '../../server/src/log/redis-connection.js';
import { RedisKeys } from '../../server/src/log/redis-keys.js';
import { RedisOwners } from '../../server/src/log/redis-owners.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually, newSession } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
}, 120_000);
afterAll(() => redis.close());

async function start(prefix: string = randomUUID()) {
  const connection = new RedisConnection({ url: redis.url, cluster: false, timeoutMs: 5_000 });
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const owners = new RedisOwners({
    connection,
    clock,
    keys: new RedisKeys(prefix),
    idleMs: 60_000,
    summaryOf: async (id) => ({ id, updatedAt: 0, messageCount: 1 }),
  });
  onTestFinished(async () => {
    await owners.close();
    connection.close();
  });
  await connection.open();
  const listed = async () => (await owners.page('ann', { limit: 9 })).data.map(({ id }) => id);
  return { clock, owners, listed };
}

test('what could not be written is there when Redis is back, in the order in which it was used', async () => {
  const { clock, owners, listed } = await start();
  const [one, two] = [newSession(), newSession()];
  await redis.kill();
  for (const session of [one, two, one]) {
    owners.use('ann', session);
    await eventually(() => clock.pending > 0);
  }
  await redis.start();
  await eventually(async () => {
    await clock.advance(1_000);
    const sessions = await listed().catch(() => []);
    return sessions.length === 2 && clock.pending === 0;
  });
  expect(await listed()).toEqual([one, two]);
});

test('what is written late takes no session down from where another machine has put it since', async () => {
  const prefix = randomUUID();
  const [late, other] = [await start(prefix), await start(prefix)];
  const [one, two] = [newSession(), newSession()];
  await redis.kill();
  late.owners.use('ann', one);
  await eventually(() => late.clock.pending > 0);
  await redis.start();
  other.clock.skip(10_000);
  for (const session of [two, one]) other.owners.use('ann', session);
  const list = async (expected: string) => (await other.listed().catch(() => [])).join(' ') === expected;
  await eventually(async () => {
    await other.clock.advance(1_000);
    return list(`${one} ${two}`);
  });
  await eventually(async () => {
    await late.clock.advance(1_000);
    return late.clock.pending === 0;
  });
  // What is under way comes to its end.
  await late.owners.close();
  expect(await other.listed()).toEqual([one, two]);
});

test('a session that was deleted meanwhile is not written again', async () => {
  const { clock, owners, listed } = await start();
  const session = newSession();
  await redis.kill();
  owners.use('ann', session);
  await eventually(() => clock.pending > 0);
  await owners.strike('ann', session);
  await redis.start();
  await eventually(async () => {
    await clock.advance(1_000);
    return clock.pending === 0;
  });
  await owners.close();
  await eventually(() =>
    listed().then(
      (sessions) => sessions.length === 0,
      () => false,
    ),
  );
});

test('what a Redis that stands still is asked for is waited for no longer than a second when the store is closed', async () => {
  const { clock, owners } = await start();
  redis.freeze();
  onTestFinished(() => redis.thaw());
  owners.use('ann', newSession());
  const closed = owners.close();
  expect(clock.pending).toBe(1);
  await clock.advance(1_000);
  await closed;
  expect(clock.pending).toBe(0);
});
