import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { redisLog } from '../../server/src/log/redis.js';
import { readOptions, type RedisLogOptions } from '../../server/src/log/redis-options.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { describeSessionLog } from './session-log.contract.js';

let redis: Redis;
let cluster: Redis;
beforeAll(async () => {
  redis = await startRedis();
  cluster = await startRedis({ cluster: true });
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
  expect(readOptions({ ...undefinedOptions, url } as RedisLogOptions)).toEqual(readOptions({ url }));
});
