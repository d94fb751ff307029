import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { capabilityAuth } from '../../server/src/auth/index.js';
import { redisLog } from '../../server/src/log/redis.js';
import { readRedisOptions, type RedisLogOptions } from '../../server/src/log/redis-options.js';
import { startChat } from '../helpers/chat.js';
import { bearer, begun, REMOVE, SECRET, send } from '../helpers/guarded.js';
import { V1 } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { type RedisCluster, startRedisCluster } from '../helpers/redis-cluster.js';
import { describeSessionLog } from './session-log.contract.js';

let redis: Redis;
let cluster: RedisCluster;
beforeAll(async () => {
  redis = await startRedis();
  cluster = await startRedisCluster();
}, 120_000);
afterAll(async () => {
  await redis.close();
  await cluster.close();
});

function open(url: string, isCluster: boolean) {
  const log = redisLog({ url, cluster: isCluster, prefix: randomUUID() });
  onTestFinished(() => log.close());
  return log;
}

describeSessionLog('Redis', () => open(redis.url, false));
describeSessionLog('Redis Cluster', () => open(cluster.url, true));

test('keeps a list of the sessions of who is known, and none of a session that its token alone opens', async () => {
  const prefix = randomUUID();
  const keysOfSessions = async () =>
    ((await redis.command('KEYS', `${prefix}:*`)) as string[])
      .map((key) => key.slice(prefix.length + 1))
      .filter((key) => !key.startsWith('machine'))
      .toSorted();
  const log = redisLog({ url: redis.url, prefix });
  onTestFinished(() => log.close());
  const chat = await startChat({ log, auth: capabilityAuth({ secret: SECRET }) });
  const { id, token } = await begun(chat);
  const { stream } = await chat.ask(id, 'Hello', { ...V1, ...bearer(token) });
  (await chat.responder.call()).end();
  await stream.rest();
  expect((await send(chat, id, ['PATCH', '', { title: 'Mine' }], bearer(token))).status).toBe(200);
  const ofSession = await keysOfSessions();
  expect(ofSession).toEqual([`{${id}}`, `{${id}}:log`, `{${id}}:messages`]);
  // Each of them ends by itself, and what is left of a deleted one is that it was.
  for (const key of ofSession) expect(await redis.command('PTTL', `${prefix}:${key}`)).toBeGreaterThan(0);
  expect((await send(chat, id, REMOVE, bearer(token))).status).toBe(204);
  expect(await keysOfSessions()).toEqual([`{${id}}:gone`]);

  await log.createSession(randomUUID(), { owner: 'ann' });
  expect(await keysOfSessions()).toContain('owner:ann');
});

test.each([
  [{ leaseMs: -1 }, 'leaseMs is -1. Give a whole number of milliseconds from 100 to 2147483647.'],
  [{ leaseMs: Number.NaN }, 'leaseMs is NaN. Give a whole number of milliseconds'],
  [{ idleMs: 0 }, 'idleMs is 0. Give a whole number of milliseconds from 1 to 3155760000000.'],
  // It would not be an age that Redis takes.
  [{ idleMs: Infinity }, 'idleMs is Infinity. Give'],
  [{ idleMs: 0.5 }, 'idleMs is 0.5. Give'],
  [{ patienceMs: -1 }, 'patienceMs is -1. Give'],
  [{ requestPatienceMs: '5' }, 'requestPatienceMs is "5". Give'],
  [{ timeoutMs: 0 }, 'timeoutMs is 0. Give'],
  [{ maxSessionBytes: 1e300 }, 'maxSessionBytes is 1e+300. Give a whole number from 1 on.'],
  [{ prefix: 'a{b}' }, 'prefix is "a{b}". Give a text such as "chat", without spaces and braces.'],
  [{ prefix: '' }, 'prefix is "". Give'],
  [{ cluster: 'no' }, 'cluster is "no". Give true or false.'],
  [{ leaseMs: -1, idleMs: -1 }, /leaseMs is -1.*\n.*idleMs is -1|idleMs is -1.*\n.*leaseMs is -1/],
])('an option that is out of its range is told at the start: %j', (options, sentence) => {
  const make = () => redisLog({ url: redis.url, ...(options as Partial<RedisLogOptions>) });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(sentence);
});

test('an option that is undefined is none', () => {
  const names = [
    'cluster',
    'prefix',
    'idleMs',
    'maxSessionBytes',
    'leaseMs',
    'patienceMs',
    'requestPatienceMs',
    'timeoutMs',
    'clock',
  ];
  const undefinedOptions = Object.fromEntries(names.map((name) => [name, undefined]));
  const { url } = redis;
  expect(readRedisOptions({ ...undefinedOptions, url } as RedisLogOptions)).toEqual(readRedisOptions({ url }));
});
