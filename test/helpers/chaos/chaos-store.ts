import { type Clock, memoryLog, type SessionLog } from 'chat-stream-server';
import { redisLog } from '../../../server/src/log/redis.js';
import { startRedis } from '../redis.js';

export const STORES = ['memory', 'redis'] as const;
export type ChaosStore = (typeof STORES)[number];

export interface OpenStore {
  readonly log: SessionLog;
  close(): Promise<void>;
}

/** Opens a store that is empty, and gone once it is closed. */
export const openStore = (store: ChaosStore, clock: Clock): Promise<OpenStore> => OPEN[store](clock);

const OPEN: { readonly [store in ChaosStore]: (clock: Clock) => Promise<OpenStore> } = {
  memory: async (clock) => ({ log: memoryLog({ clock, idleMs: Infinity }), close: async () => {} }),
  redis: openRedis,
};

async function openRedis(): Promise<OpenStore> {
  const redis = await startRedis();
  const log = redisLog({ url: redis.url });
  return {
    log,
    async close() {
      await log.close();
      await redis.close();
    },
  };
}
