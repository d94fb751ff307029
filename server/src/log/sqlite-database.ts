import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Libsql from 'libsql';

/** A connection to a file, as libsql has it. */
export type Database = Libsql.Database;

/** Marks the file as ours: `chst`. */
const APPLICATION_ID = 0x63687374;

/** How long another process that writes to the file (a backup's check, an administrator's shell) is waited for. */
const BUSY_TIMEOUT_MS = 1_000;

/** Up to this size every page is looked at when the file is opened: about 0.1 s. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;

/** What leads from each version of the schema to the next: a file of version 1 has had the first of them. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE sessions (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT,                       -- a JSON string
    info TEXT NOT NULL,               -- JSON: title, metadata
    created_at INTEGER NOT NULL,      -- milliseconds since the epoch, as touched_at
    touched_at INTEGER NOT NULL,
    use INTEGER NOT NULL,             -- rises with every use of any session
    is_active INTEGER NOT NULL,       -- 1 while a reply is running
    message_count INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_use ON sessions (use);
  CREATE INDEX sessions_by_owner ON sessions (owner, use) WHERE owner IS NOT NULL;
  CREATE INDEX sessions_active ON sessions (is_active) WHERE is_active = 1;
  CREATE TABLE changes (
    session INTEGER NOT NULL,
    id INTEGER NOT NULL,              -- of the change's first entry
    body TEXT NOT NULL,               -- JSON
    PRIMARY KEY (session, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deleted (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
  `,
];

/** The file, open, and the lock that keeps other servers from it. */
export interface OpenDatabase {
  readonly database: Database;
  close(): void;
}

/**
 * Opens the file, or makes it; brings an older schema up to date. Changes nothing where it can't be used.
 * @throws {Error} with a sentence for the operator.
 */
export async function openDatabase(file: string): Promise<OpenDatabase> {
  const Driver = await loadDriver();
  checkPath(file);
  const lock = new Lock(Driver, file);
  let opened: Database | undefined;
  try {
    const database = (opened = new Driver(file, { timeout: BUSY_TIMEOUT_MS }));
    const version = checkedVersion(database, file);
    // WAL: readers (a backup) and the writer do not wait for each other. FULL: each commit is on the disk before it is
    // acknowledged, so it outlives a loss of power too.
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${64 * 1024 * 1024};`,
    );
    migrate(database, version);
    return {
      database,
      close() {
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    opened?.close();
    lock.release();
    throw error instanceof Refusal ? error : new Refusal(sentenceOf(error, file), { cause: error });
  }
}

/** What went wrong with the file, and the way out. */
export function sentenceOf(error: unknown, file: string): string {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : { code: '', message: '' };
  const kind = /^SQLITE_([A-Z]+)/.exec(typeof code === 'string' ? code : '')?.[1] ?? '';
  switch (kind) {
    case 'FULL':
      return `The disk is full: ${file} could not be written. Make room; what was acknowledged is safe.`;
    case 'BUSY':
    case 'LOCKED':
      return `${file} is locked by another process. End its transaction.`;
    case 'CORRUPT':
    case 'NOTADB':
      return damaged(file, message);
    case 'READONLY':
    case 'PERM':
    case 'CANTOPEN':
      return unwritable(file);
    default:
      return `${file} could not be read or written (${kind === '' ? message : `${String(code)}: ${message}`}). Check its disk.`;
  }
}

/** Its message is a sentence for the operator already. */
class Refusal extends Error {}

type Driver = typeof Libsql;

async function loadDriver(): Promise<Driver> {
  try {
    return (await import('libsql')).default;
  } catch (cause) {
    throw new Refusal('The package "libsql" could not be loaded. Run: npm install libsql', { cause });
  }
}

function checkPath(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (cause) {
    throw new Refusal(`The folder of ${file} could not be made. Check the path and who may write there.`, { cause });
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Refusal(`${file} is a folder. Name a file in it, e.g. ${file.replace(/(?<!\/)\/+$/, '')}/chat.db.`);
  }
}

/**
 * Two servers on one file would each start a reply for the same message. The lock is one of the operating system on a file
 * beside it, so that it is gone with its process however that ends, and other programs can read the database meanwhile.
 */
class Lock {
  readonly #database: Database;

  constructor(Driver: Driver, file: string) {
    try {
      this.#database = new Driver(`${file}-lock`);
    } catch (cause) {
      throw new Refusal(unwritable(file), { cause });
    }
    try {
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#database.close();
      const isTaken = cause instanceof Error && /locked|busy/i.test(cause.message);
      if (!isTaken) throw new Refusal(sentenceOf(cause, file), { cause });
      throw new Refusal(`${file} is in use by another server. Stop that one, or name another file.`, { cause });
    }
  }

  release(): void {
    this.#database.close();
  }
}

/** The schema's version; 0 for a file without one. Reads only. */
function checkedVersion(database: Database, file: string): number {
  const version = numberOf(database, 'user_version');
  const application = numberOf(database, 'application_id');
  const pages = numberOf(database, 'page_count');
  const isEmpty = database.prepare('SELECT name FROM sqlite_schema LIMIT 1').get() === undefined;
  if (application !== APPLICATION_ID && !isEmpty) {
    throw new Refusal(`${file} is the database of another program. Name another file; nothing was changed in it.`);
  }
  if (version > MIGRATIONS.length) {
    throw new Refusal(
      `${file} was written by a newer chat-stream-server (schema ${version}, this one knows ${MIGRATIONS.length}). ` +
        'Update the server, or name another file; nothing was changed in it.',
    );
  }
  if (pages * numberOf(database, 'page_size') <= MAX_CHECKED_BYTES) {
    const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: unknown };
    if (found !== 'ok') throw new Refusal(damaged(file, String(found).replaceAll(/\s+/g, ' ')));
  }
  return version;
}

function migrate(database: Database, version: number): void {
  if (version === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}

/** A pragma whose value is a number. */
export function numberOf(database: Database, pragma: string): number {
  const row = database.prepare(`PRAGMA ${pragma}`).get() as Record<string, unknown>;
  return Number(row[pragma]);
}

const damaged = (file: string, what: string): string =>
  `${file} is damaged, or no database (${what}). Put a backup in its place, or move it away to begin anew; nothing was changed in it.`;

const unwritable = (file: string): string => `${file} could not be opened for writing. Check who may write there.`;
