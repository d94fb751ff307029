import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqliteLog } from '../../../server/src/log/sqlite.js';
import { seededRandom } from '../random.js';
import { type Report, Told } from './told.js';

const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));

/** Files at once, each with its own process. */
const LANES = 2;
/** The store is read back after so many lives, and after the last. */
const CHECK_EVERY = 20;

export interface DurabilityOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: () => void;
}

export interface DurabilityReport {
  readonly kills: number;
  /** Of them, before the store was open. */
  readonly killsWhileOpening: number;
  /** Messages that were acknowledged. */
  readonly claimed: number;
  /** Replies whose end was. */
  readonly ended: number;
  /** Replies that were found closed by `server_restarted`. */
  readonly restarted: number;
  /** Start of the process to the open store. Milliseconds, sorted. */
  readonly openMs: readonly number[];
  /** What was not as promised. */
  readonly faults: readonly string[];
}

/** Kills a process that writes to a store, again and again on the same file, and reads back what it had acknowledged. */
export async function runDurability({ kills, seed, onKill }: DurabilityOptions): Promise<DurabilityReport> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-stream-durability-'));
  try {
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      const file = join(folder, `${lane}.db`);
      const random = seededRandom(seed * LANES + lane);
      const told = new Told();
      const lives = Math.floor(kills / LANES) + (lane < kills % LANES ? 1 : 0);
      for (let life = 1; life <= lives; life++) {
        told.take(await live(file, life, random, told.openMs.at(-1) ?? 200));
        onKill?.();
        if (life % CHECK_EVERY === 0 || life === lives) await readBack(file, told);
      }
      return told;
    });
    return summed(await Promise.all(lanes));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One process, from its start to SIGKILL; what it told. */
async function live(file: string, life: number, random: () => number, usualMs: number): Promise<readonly Report[]> {
  const begin = performance.now();
  const reports = `${file}-told`;
  const child = spawn(process.execPath, [WRITER, file, String(life), reports], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  const afterReadyMs = random() * 120;
  // One in five dies while it starts, opens the file, or closes what the one before left open.
  const early = random() < 0.2 ? setTimeout(kill, random() * usualMs) : undefined;
  let openMs: number | undefined;
  child.once('message', () => {
    openMs = performance.now() - begin;
    setTimeout(kill, afterReadyMs);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('exit', (...ending) => resolve(ending)),
  );
  clearTimeout(early);
  const told = linesIn(reports).map((line) => JSON.parse(line) as Report);
  rmSync(reports, { force: true });
  if (signal !== 'SIGKILL') told.push({ type: 'refused', key: `life ${life}`, status: `it ended by itself (${code})` });
  if (openMs !== undefined) told.push({ type: 'open', openMs });
  return told;
}

/** The last line may be cut off: it was not told. */
const linesIn = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

async function readBack(file: string, told: Told): Promise<void> {
  const log = sqliteLog({ file });
  await told.compare(log);
  await log.close();
}

function summed(lanes: readonly Told[]): DurabilityReport {
  const sum = (of: (told: Told) => number) => lanes.reduce((total, told) => total + of(told), 0);
  return {
    kills: sum(({ lives }) => lives),
    killsWhileOpening: sum(({ lives, openMs }) => lives - openMs.length),
    claimed: sum(({ claimed }) => claimed.size),
    ended: sum(({ ended }) => ended.size),
    restarted: sum(({ restarted }) => restarted),
    openMs: lanes.flatMap(({ openMs }) => openMs).toSorted((a, b) => a - b),
    faults: lanes.flatMap(({ faults }) => faults),
  };
}
