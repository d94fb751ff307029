import type { Clock } from '../clock.js';
import { restartedEvents } from './entries.js';
import { KeyedLock } from './keyed-lock.js';
import { decodeChanges } from './session-changes.js';
import { type NewSession, StoreError } from './session-log.js';
import type { AnswerOf } from './sqlite-commands.js';
import { SqliteSession } from './sqlite-session.js';
import type { SqliteThread } from './sqlite-thread.js';
import { StoredSession } from './stored-session.js';

/** Running text reaches the file this often: never a transaction a token. */
const WRITE_INTERVAL_MS = 250;

/** A session that is only looked at has its last use written this often at the most. */
const TOUCH_INTERVAL_MS = 60_000;

/** How often sessions are looked for whose time is over. */
const SWEEP_INTERVAL_MS = 60_000;

/**
 * Ids that a restart passes over in a session whose reply was running: readers may have been given ids that were not
 * stored. Text is written every 250 ms, and no process can hold so many entries.
 */
const IDS_SKIPPED = 1_000_000_000;

/** What the sessions in memory work with. */
export interface SqliteSessionsOptions {
  readonly thread: SqliteThread;
  readonly clock: Clock;
  readonly file: string;
  readonly idleMs: number;
  /** Estimated bytes of idle sessions in memory. */
  readonly cacheBytes: number;
  readonly lastUse: number;
}

/**
 * The sessions in memory: those with a running reply or a reader, and the idle ones used last. All others are in the file
 * alone.
 */
export class SqliteSessions {
  /** What changes a session, or takes it from the file, happens under its id, one after the other. */
  readonly lock = new KeyedLock();
  readonly #options: SqliteSessionsOptions;
  readonly #sessions = new Map<string, SqliteSession>();
  /** Those that may be let go, the one used longest ago first. */
  readonly #idle = new Set<SqliteSession>();
  #idleBytes = 0;
  #lastUse: number;
  #unwritten = new Set<SqliteSession>();
  #cancelWriting: (() => void) | undefined;
  #nextSweep: number;

  constructor(options: SqliteSessionsOptions) {
    this.#options = options;
    this.#lastUse = options.lastUse;
    this.#nextSweep = options.clock.now() + this.#sweepInterval;
  }

  get all(): IterableIterator<SqliteSession> {
    return this.#sessions.values();
  }

  /** A session that is in memory already. */
  get(id: string): SqliteSession | undefined {
    return this.#sessions.get(id);
  }

  /** A session, from the file where it is not in memory. @throws {StoreError} */
  async find(id: string): Promise<SqliteSession | undefined> {
    const present = this.#sessions.get(id);
    if (present && !this.#isOver(present)) return present;
    const loaded = await this.lock.run(id, () => this.load(id));
    return loaded === 'deleted' ? undefined : loaded;
  }

  /** The same, within the lock; tells a deleted session from none. @throws {StoreError} */
  async load(id: string): Promise<SqliteSession | 'deleted' | undefined> {
    const present = this.#sessions.get(id);
    if (present && this.#isOver(present)) {
      await this.remove(present, false);
      return undefined;
    }
    if (present) return present;
    const loaded = await this.#options.thread.ask('load', { id, deadline: this.deadline });
    if (!loaded.row) return loaded.isDeleted ? 'deleted' : undefined;
    const session = this.#restored(loaded);
    this.#sessions.set(id, session);
    this.settle(session);
    return session;
  }

  /** Closes the reply that was running when an earlier process died. @throws {StoreError} */
  async endUnfinished(id: string): Promise<void> {
    await this.lock.run(id, async () => {
      const loaded = await this.load(id);
      if (!loaded || loaded === 'deleted') return;
      const { session } = loaded;
      const message = session.message(session.activeMessageId ?? '');
      const planned = message && session.planAppend(message.id, restartedEvents(message), IDS_SKIPPED);
      if (!planned) return;
      await loaded.write({ planned });
      session.apply(planned);
      this.settle(loaded);
    });
  }

  /** A session that is nowhere yet; kept once it is written. */
  create(id: string, values: NewSession): SqliteSession {
    const session = new StoredSession(id, this.#options.clock.now(), values);
    return new SqliteSession(this.#options.thread, session, ++this.#lastUse, false);
  }

  keep(session: SqliteSession): void {
    this.#sessions.set(session.session.id, session);
    this.settle(session);
  }

  /** Counts a use of one whose reply runs: it is no idle one, and what is appended is written with it. Returns the time. */
  use(session: SqliteSession): number {
    const now = this.#options.clock.now();
    session.session.touchedAt = now;
    session.use = ++this.#lastUse;
    return now;
  }

  /** Counts a use. */
  touch(session: SqliteSession): void {
    const now = this.use(session);
    this.settle(session);
    if (now >= session.storedAt + Math.min(TOUCH_INTERVAL_MS, this.#options.idleMs / 10)) {
      session.storedAt = now;
      session.writeUse().catch(() => {});
    }
    if (now >= this.#nextSweep) this.#sweep(now);
  }

  /** To be called after a reply has begun or ended: only who has none is idle. */
  settle(session: SqliteSession): void {
    if (this.#idle.delete(session)) this.#idleBytes -= session.idleBytes;
    if (this.#sessions.get(session.session.id) !== session || session.session.activeMessageId !== undefined) return;
    session.idleBytes = session.session.bytes;
    this.#idleBytes += session.idleBytes;
    this.#idle.add(session);
    this.releaseIdle(this.#options.cacheBytes);
  }

  /** Lets idle sessions go, down to so many bytes. */
  releaseIdle(maxBytes: number): void {
    for (const session of this.#idle) {
      if (this.#idleBytes <= maxBytes) return;
      const { id } = session.session;
      if (session.isWatched || this.lock.isHeld(id)) continue;
      this.#drop(session);
      if (!session.isUseStored) session.writeUse().catch(() => {});
      this.#options.thread.ask('release', { id }).catch(() => {});
    }
  }

  /** Deletes a session, here and in the file. @throws {StoreError} where it is still there. */
  async remove(session: SqliteSession, forGood: boolean): Promise<void> {
    await this.#options.thread.ask('remove', { id: session.session.id, forGood });
    this.forget(session);
  }

  /** Lets go of a session that is not in the file any more. */
  forget(session: SqliteSession): void {
    if (this.#sessions.get(session.session.id) === session) this.#drop(session);
    session.session.close();
  }

  /** Has running text written soon. */
  writeSoon(session: SqliteSession): void {
    this.#unwritten.add(session);
    this.#cancelWriting ??= this.#options.clock.after(WRITE_INTERVAL_MS, () => {
      this.#cancelWriting = undefined;
      void this.#writeText();
    });
  }

  /** Writes all that is not written; never rejects. */
  async writeAll(): Promise<void> {
    this.#cancelWriting?.();
    await this.#writeText();
    const used = [...this.#sessions.values()].filter(({ isUseStored }) => !isUseStored);
    await Promise.allSettled(used.map((session) => session.writeUse()));
  }

  /** Sessions used then or earlier are over. */
  get deadline(): number {
    return this.#options.clock.now() - this.#options.idleMs;
  }

  async #writeText(): Promise<void> {
    const sessions = [...this.#unwritten].filter(({ hasUnwritten }) => hasUnwritten);
    this.#unwritten.clear();
    await Promise.all(
      // Text that can't be written now is in memory still, and goes out with the next that is.
      sessions.map((session) => session.write().catch(() => this.writeSoon(session))),
    );
  }

  #restored({ row, changes }: AnswerOf<'load'> & { readonly row: object }): SqliteSession {
    const { id, createdAt, touchedAt, use, owner, title, metadata } = row;
    const session = new StoredSession(id, createdAt, { ...(owner !== undefined && { owner }) });
    session.update({ ...(title !== undefined && { title }), ...(metadata && { metadata }) });
    try {
      for (const change of decodeChanges(changes)) session.apply(change);
    } catch (cause) {
      const { file } = this.#options;
      throw new StoreError(
        `A session in ${file} could not be read. Check the file: sqlite3 ${file} "PRAGMA integrity_check"`,
        {
          cause,
        },
      );
    }
    session.touchedAt = touchedAt;
    return new SqliteSession(this.#options.thread, session, use, true);
  }

  #isOver({ session }: SqliteSession): boolean {
    return session.activeMessageId === undefined && session.touchedAt <= this.deadline;
  }

  #drop(session: SqliteSession): void {
    this.#sessions.delete(session.session.id);
    if (this.#idle.delete(session)) this.#idleBytes -= session.idleBytes;
  }

  get #sweepInterval(): number {
    return Math.min(SWEEP_INTERVAL_MS, this.#options.idleMs);
  }

  /** Forgets sessions that nobody came back to. */
  #sweep(now: number): void {
    this.#nextSweep = now + this.#sweepInterval;
    for (const session of this.#idle) {
      if (!this.#isOver(session)) break;
      this.find(session.session.id).catch(() => {});
    }
    this.#options.thread.ask('sweep', { deadline: this.deadline }).catch(() => {});
  }
}
