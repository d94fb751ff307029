import type { SessionSummary } from './session-log.js';
import type { StoredChange } from './session-changes.js';
import type {
  AnswerOf,
  RequestOf,
  SessionRow,
  SqliteCommand,
  SqliteCommandName,
  SqliteFileOptions,
  SqliteReturn,
} from './sqlite-commands.js';
import { type Database, numberOf, sentenceOf } from './sqlite-database.js';

/** How many ids of deleted sessions are remembered: some 10 MB. */
const MAX_TOMBSTONES = 100_000;

/** Sessions looked at, at the most, where one is to be forgotten: no transaction takes long. */
const SWEEP = 500;

const READING: ReadonlySet<string> = new Set(['load', 'list', 'release'] satisfies SqliteCommandName[]);

/** Carries out commands on the file; many of them in one transaction, so that they share its way to the disk. */
export class SqliteFile {
  readonly #database: Database;
  readonly #options: SqliteFileOptions;
  readonly #sql: Statements;
  readonly #pageBytes: number;
  /** Ids of sessions the server has in memory: what is known of their last use here is old. */
  readonly #held = new Set<string>();
  #sessions: number;

  constructor(database: Database, options: SqliteFileOptions) {
    this.#database = database;
    this.#options = options;
    this.#sql = prepare(database);
    this.#pageBytes = numberOf(database, 'page_size');
    this.#sessions = this.#count();
  }

  get opened(): AnswerOf<'open'> {
    const rows = this.#sql.unfinished.all() as { readonly id: string }[];
    const { use } = this.#sql.lastUse.get() as { readonly use: number | null };
    return { unfinished: rows.map(({ id }) => id), lastUse: use ?? 0 };
  }

  /** All in one transaction; where that fails, each in its own, so that one does not fail for another. */
  carryOut(commands: readonly SqliteCommand[]): SqliteReturn[] {
    try {
      return this.#inTransaction(commands);
    } catch (error) {
      if (commands.length > 1) return commands.flatMap((command) => this.carryOut([command]));
      return commands.map(({ number }) => ({ number, failure: sentenceOf(error, this.#options.file) }));
    }
  }

  #inTransaction(commands: readonly SqliteCommand[]): SqliteReturn[] {
    const sessions = this.#sessions;
    // Who only reads does not wait for another program that writes.
    this.#database.exec(commands.every(({ name }) => READING.has(name)) ? 'BEGIN' : 'BEGIN IMMEDIATE');
    try {
      const returns = commands.map((command) => ({ number: command.number, answer: this.#answer(command) }));
      this.#database.exec('COMMIT');
      return returns;
    } catch (error) {
      // SQLite itself has rolled back where the disk is full.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      this.#sessions = sessions;
      throw error;
    }
  }

  #answer(command: SqliteCommand): unknown {
    switch (command.name) {
      case 'load':
        return this.#load(command.request);
      case 'write':
        return this.#write(command.request);
      case 'touch':
        return this.#touch(command.request);
      case 'release':
        this.#held.delete(command.request.id);
        return null;
      case 'remove':
        return this.#removeById(command.request);
      case 'list':
        return this.#list(command.request);
      case 'sweep':
        return this.#sweep(command.request);
      case 'check':
        // Writes, so that a full disk or a lost one is noticed.
        this.#sql.mark.run([]);
        return null;
      case 'open':
      case 'close':
        throw new Error(`"${command.name}" is not carried out in a transaction.`);
    }
  }

  #load({ id, deadline }: RequestOf<'load'>): AnswerOf<'load'> {
    const found = this.#sql.find.get([id]) as StoredRow | undefined;
    if (!found) return { isDeleted: this.#sql.isDeleted.get([id]) !== undefined };
    const row = rowOf(found);
    if (!row.isActive && row.touchedAt <= deadline) return { isDeleted: false };
    this.#held.add(id);
    const changes = this.#sql.changes.all([found.key]) as readonly StoredChange[];
    // The driver adds fields of its own to a row, which need not go to the other thread.
    return { row, changes: changes.map(({ id: first, body }) => ({ id: first, body })) };
  }

  #write({ row, changes, isNew, isOwed }: RequestOf<'write'>): AnswerOf<'write'> {
    if (!this.#makeRoom(isNew ? 1 : 0) && !isOwed) return 'full';
    const { id, owner, title, metadata, createdAt, touchedAt, use, isActive, messageCount } = row;
    const info = JSON.stringify({ title, metadata });
    const state = [info, touchedAt, use, isActive ? 1 : 0, messageCount];
    if (isNew) {
      // One of that name whose time was over.
      const earlier = this.#sql.find.get([id]) as StoredRow | undefined;
      if (earlier) this.#remove(earlier);
      this.#sql.insert.run([...state, createdAt, owner === undefined ? null : JSON.stringify(owner), id]);
      this.#sessions++;
      this.#held.add(id);
    } else if (this.#sql.update.run([...state, id]).changes === 0) {
      return 'gone';
    }
    if (changes.length === 0) return 'written';
    const { key } = this.#sql.key.get([id]) as { readonly key: number };
    for (const change of changes) this.#sql.append.run([key, change.id, change.body]);
    return 'written';
  }

  #touch({ id, touchedAt, use }: RequestOf<'touch'>): null {
    this.#sql.touch.run([touchedAt, use, id]);
    return null;
  }

  #removeById({ id, forGood }: RequestOf<'remove'>): null {
    const found = this.#sql.find.get([id]) as StoredRow | undefined;
    if (found) this.#remove(found);
    this.#held.delete(id);
    if (!forGood) return null;
    this.#sql.bury.run([id]);
    this.#sql.forgetDeleted.run([MAX_TOMBSTONES]);
    return null;
  }

  #list({ owner, limit, before, deadline }: RequestOf<'list'>): SessionSummary[] {
    const name = JSON.stringify(owner);
    let from = Number.MAX_SAFE_INTEGER;
    if (before !== undefined) {
      const place = this.#sql.place.get([before, name]) as { readonly use: number } | undefined;
      if (!place) return [];
      from = place.use;
    }
    const rows = this.#sql.list.all([name, from, deadline, limit]) as readonly StoredRow[];
    return rows.map((stored) => {
      const { id, title, touchedAt: updatedAt, messageCount } = rowOf(stored);
      return { id, ...(title !== undefined && { title }), updatedAt, messageCount };
    });
  }

  #sweep({ deadline }: RequestOf<'sweep'>): null {
    for (const row of this.#oldest()) if (row.touched_at <= deadline) this.#remove(row);
    return null;
  }

  /** Forgets sessions, those used longest ago first, until so many more fit in; false where there are none to forget. */
  #makeRoom(more: number): boolean {
    const fits = () =>
      this.#sessions + more <= this.#options.maxSessions && this.#usedBytes() <= this.#options.maxFileBytes;
    if (fits()) return true;
    for (const row of this.#oldest()) {
      this.#remove(row);
      if (fits()) return true;
    }
    return false;
  }

  /** Sessions that may be forgotten. */
  #oldest(): StoredRow[] {
    const rows = this.#sql.oldest.all([SWEEP]) as readonly StoredRow[];
    return rows.filter(({ id }) => !this.#held.has(id));
  }

  #remove({ key }: StoredRow): void {
    this.#sql.removeChanges.run([key]);
    this.#sql.remove.run([key]);
    this.#sessions--;
  }

  #usedBytes(): number {
    const { page_count: all } = this.#sql.pageCount.get() as { readonly page_count: number };
    const { freelist_count: free } = this.#sql.freeCount.get() as { readonly freelist_count: number };
    return (all - free) * this.#pageBytes;
  }

  #count(): number {
    return (this.#sql.count.get() as { readonly count: number }).count;
  }
}

/** A row of `sessions`, a STRICT table: its columns have these types. */
interface StoredRow {
  readonly key: number;
  readonly id: string;
  readonly owner: string | null;
  readonly info: string;
  readonly created_at: number;
  readonly touched_at: number;
  readonly use: number;
  readonly is_active: number;
  readonly message_count: number;
}

const rowOf = (stored: StoredRow): SessionRow => ({
  id: stored.id,
  // Both were written by `#write`.
  ...(JSON.parse(stored.info) as Pick<SessionRow, 'title' | 'metadata'>),
  ...(stored.owner !== null && { owner: JSON.parse(stored.owner) as string }),
  createdAt: stored.created_at,
  touchedAt: stored.touched_at,
  use: stored.use,
  isActive: stored.is_active === 1,
  messageCount: stored.message_count,
});

type Statements = ReturnType<typeof prepare>;

/** libsql takes a lone `null` for an object of named values: values are always handed over as one list. */
const prepare = (database: Database) => ({
  find: database.prepare('SELECT * FROM sessions WHERE id = ?'),
  key: database.prepare('SELECT key FROM sessions WHERE id = ?'),
  count: database.prepare('SELECT count(*) AS count FROM sessions'),
  unfinished: database.prepare('SELECT id FROM sessions WHERE is_active = 1'),
  lastUse: database.prepare('SELECT max(use) AS use FROM sessions'),
  insert: database.prepare(
    'INSERT INTO sessions (info, touched_at, use, is_active, message_count, created_at, owner, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  update: database.prepare(
    'UPDATE sessions SET info = ?, touched_at = ?, use = ?, is_active = ?, message_count = ? WHERE id = ?',
  ),
  touch: database.prepare('UPDATE sessions SET touched_at = ?, use = ? WHERE id = ?'),
  changes: database.prepare('SELECT id, body FROM changes WHERE session = ? ORDER BY id'),
  append: database.prepare('INSERT OR REPLACE INTO changes (session, id, body) VALUES (?, ?, ?)'),
  removeChanges: database.prepare('DELETE FROM changes WHERE session = ?'),
  remove: database.prepare('DELETE FROM sessions WHERE key = ?'),
  isDeleted: database.prepare('SELECT 1 FROM deleted WHERE id = ?'),
  bury: database.prepare('INSERT OR IGNORE INTO deleted (id) VALUES (?)'),
  forgetDeleted: database.prepare('DELETE FROM deleted WHERE number <= (SELECT max(number) FROM deleted) - ?'),
  place: database.prepare('SELECT use FROM sessions WHERE id = ? AND owner = ?'),
  list: database.prepare(
    'SELECT * FROM sessions WHERE owner = ? AND use < ? AND touched_at > ? ORDER BY use DESC LIMIT ?',
  ),
  oldest: database.prepare('SELECT * FROM sessions WHERE is_active = 0 ORDER BY use LIMIT ?'),
  mark: database.prepare('UPDATE sessions SET use = use WHERE key = (SELECT min(key) FROM sessions)'),
  pageCount: database.prepare('PRAGMA page_count'),
  freeCount: database.prepare('PRAGMA freelist_count'),
});
