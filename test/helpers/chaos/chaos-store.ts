import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, memoryLog, type SessionLog } from 'chat-stream-server';
import { redisLog } from '../../../server/src/log/redis.js';
import { sqliteLog } from '../../../server/src/log/sqlite.js';
import { startRedis } from '../redis.js';

export const STORES = ['memory', 'sqlite', 'redis'] as const;
export type ChaosStore = (typeof STORES)[number];

export interface OpenStore {
  readonly log: SessionLog;
  close(): Promise<void>;
}

/** Opens a store that is empty, and gone once it is closed. */
export const openStore = (store: ChaosStore, clock: Clock): Promise<OpenStore> => OPEN[store](clock);

const OPEN: { readonly [store in ChaosStore]: (clock: Clock) => Promise<OpenStore> } = {
  memory: async (clock) => ({ log: memoryLog({ clock, idleMs: Infinity }), close: async () => {} }),
  sqlite: openSqlite,
  redis: openRedis,
};

async function openSqlite(clock: Clock): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-stream-chaos-'));
  const log = sqliteLog({ file: join(folder, 'chat.db'), clock, idleMs: Infinity });
  return {
    log,
    async close() {
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

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
