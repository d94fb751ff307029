/** The SQLite store and SIGKILL. `npm run durability` does the same 200 times. */
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/src/log/sqlite-database.js';
import { runDurability } from '../helpers/durability/durability-run.js';
import { chosenSeed } from '../helpers/random.js';
import { newFile } from './sqlite-steps.js';

describe('what was acknowledged', () => {
  test('is there after SIGKILL at any moment, no id is used twice, and no reply is left running', async () => {
    const seed = chosenSeed();
    const report = await runDurability({ kills: 40, seed });
    expect(report.faults, `SEED=${seed}`).toEqual([]);
    expect(report.kills).toBe(40);
    // Something was at stake.
    expect(Math.min(report.claimed, report.ended, report.restarted), `SEED=${seed}`).toBeGreaterThan(20);
  }, 120_000);

  test('is on the disk, not in a cache of the operating system: WAL with synchronous=FULL', async () => {
    const { database, close } = await openDatabase(newFile());
    expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
    expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    close();
  });
});
