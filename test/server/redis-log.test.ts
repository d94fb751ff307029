import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { redisLog } from '../../server/src/log/redis.js';
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
