/**
 * `chat-stream-server/sqlite`: sessions in a file, for one machine. A module of its own, so that who does not use it does
 * not load it; it needs the package `libsql`.
 * @module
 */
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.js';
import { ageMsOrInfinity, readOptions, wholeNumber } from '../options.js';
import type { SessionLog } from './session-log.js';
import { SqliteLog } from './sqlite-log.js';

/** Options of {@link sqliteLog}; all but `file` may be left out. */
export interface SqliteLogOptions {
  /** Path of the file; made where it does not exist, with its folder. */
  readonly file: string;
  /** Sessions at the most; beyond, the one that was idle longest is forgotten. Default 1,000,000. */
  readonly maxSessions?: number;
  /** Bytes of the file that are in use at the most; beyond, likewise. Default 8 GiB. */
  readonly maxFileBytes?: number;
  /** Estimated bytes of one session in memory; beyond, it takes no more messages. Default 8 MiB. */
  readonly maxSessionBytes?: number;
  /** A session in which nothing happened for so long is forgotten. Milliseconds, default 24 hours; Infinity: none is. */
  readonly idleMs?: number;
  /** Estimated bytes of idle sessions that stay in memory, so that they need not be read again. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

const numbersSchema = z.object({
  maxSessions: wholeNumber({ min: 1 }).default(1_000_000),
  maxFileBytes: wholeNumber({ min: 1 }).default(8 * 1024 ** 3),
  maxSessionBytes: wholeNumber({ min: 1 }).default(8 * 1024 * 1024),
  idleMs: ageMsOrInfinity().default(24 * 60 * 60 * 1_000),
  cacheBytes: wholeNumber({ min: 0 }).default(16 * 1024 * 1024),
});

/**
 * Sessions in one SQLite file, and in memory while they are in use. A message is on the disk before it is acknowledged, and
 * so is the end of a reply (WAL, `synchronous=FULL`: it outlives `kill -9` and a loss of power); the text of a running
 * reply is written every 250 ms. The disk is waited for by a thread of its own, never by this one.
 *
 * ```ts
 * import { sqliteLog } from 'chat-stream-server/sqlite';
 * createChatServer({ respond, log: sqliteLog({ file: 'chat.db' }) });
 * ```
 * @throws {TypeError} where the options name no file, or one is out of its range. What is wrong with the file, `check()` tells.
 */
export function sqliteLog(options: SqliteLogOptions): SessionLog {
  if (typeof options.file !== 'string' || options.file === '' || options.file === ':memory:') {
    throw new TypeError(`The file ${JSON.stringify(options.file)} is none. Name one, e.g. { file: 'chat.db' }.`);
  }
  const { file, clock = systemClock } = options;
  return new SqliteLog({ file, clock: wholeMilliseconds(clock), ...readOptions('sqliteLog', numbersSchema, options) });
}

/** The file's tables are strict: times in them are whole numbers, and a clock may tell parts of one. */
const wholeMilliseconds = (clock: Clock): Clock => ({
  now: () => Math.floor(clock.now()),
  after: (delayMs, callback) => clock.after(delayMs, callback),
});
