import type { ChatEvent } from 'chat-stream/protocol';
import { type AppendedChange, encodeChange, joinedChange, type SessionChange } from './session-changes.js';
import type { SessionPatch, Wake } from './session-log.js';
import type { AnswerOf, SessionRow } from './sqlite-commands.js';
import type { SqliteThread } from './sqlite-thread.js';
import type { StoredSession } from './stored-session.js';

/** A session in use: its log in memory, and what of it is not in the file yet. */
export class SqliteSession {
  readonly session: StoredSession;
  readonly #thread: SqliteThread;
  /** Whether the file has it. */
  #isStored: boolean;
  /** Whether a reply is running, as the file has it: an end that is written has not happened here yet. */
  #isActive: boolean;
  #unwritten: AppendedChange | undefined;
  #writing: Promise<unknown> | undefined;
  /** Its last use as the file has it. */
  #storedUse: number;
  /** Rises with every use of any session. */
  use: number;
  #watchers = 0;
  /** When the file was told of its last use. */
  storedAt: number;
  /** Bytes it counts for while it is idle. */
  idleBytes = 0;
  /** The end of its reply, while it could not be written yet. */
  ending: Promise<void> | undefined;

  constructor(thread: SqliteThread, session: StoredSession, use: number, isStored: boolean) {
    this.#thread = thread;
    this.session = session;
    this.use = use;
    this.#storedUse = use;
    this.#isStored = isStored;
    this.#isActive = session.activeMessageId !== undefined;
    this.storedAt = session.touchedAt;
  }

  get hasUnwritten(): boolean {
    return this.#unwritten !== undefined;
  }

  get isUseStored(): boolean {
    return this.use === this.#storedUse;
  }

  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  watch(messageId: string, wake: Wake): () => void {
    this.#watchers++;
    const unwatch = this.session.watch(messageId, wake);
    let isOver = false;
    return () => {
      if (!isOver) this.#watchers--;
      isOver = true;
      unwatch();
    };
  }

  /** Takes text that readers see at once and that is written a little later. */
  append(messageId: string, events: readonly ChatEvent[]): void {
    const change = this.session.planAppend(messageId, events);
    if (!change || change.events.length === 0) return;
    this.session.apply(change);
    this.#unwritten = joinedChange(this.#unwritten, change);
  }

  /**
   * Writes what is not written yet, then the planned change, and what the session is after a patch: all of it or nothing.
   * The plan is made once earlier writes are over. Nothing has happened in the session itself.
   * @throws {StoreError} where it could not be written; it is kept, and is part of the next try.
   */
  async write({ planned, patch }: { planned?: SessionChange; patch?: SessionPatch } = {}): Promise<AnswerOf<'write'>> {
    while (this.#writing) await this.#writing.catch(() => {});
    const text = this.#unwritten;
    this.#unwritten = undefined;
    const changes = [...(text ? [text] : []), ...(planned ? [planned] : [])];
    if (this.#isStored && changes.length === 0 && !patch) return 'written';
    const row = this.#row(planned, patch);
    const written = this.#thread.ask('write', {
      row,
      changes: changes.map(encodeChange),
      isNew: !this.#isStored,
      isOwed: planned?.type !== 'claimed' && this.#isStored,
    });
    this.#writing = written;
    try {
      const answer = await written;
      if (answer === 'written') {
        this.#isStored = true;
        this.#isActive = row.isActive;
        this.#storedUse = row.use;
      }
      return answer;
    } catch (error) {
      if (text) this.#unwritten = this.#unwritten ? joinedChange(text, this.#unwritten) : text;
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Has the file know when it was used last. */
  async writeUse(): Promise<void> {
    const { id, touchedAt } = this.session;
    const { use } = this;
    await this.#thread.ask('touch', { id, touchedAt, use });
    this.#storedUse = use;
  }

  #row(planned: SessionChange | undefined, patch: SessionPatch = {}): SessionRow {
    const { id, createdAt, owner, title, metadata } = { ...this.session.description, ...patch };
    const added = planned?.type === 'claimed' ? (planned.user ? 2 : 1) : 0;
    return {
      id,
      ...(owner !== undefined && { owner }),
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
      createdAt,
      touchedAt: this.session.touchedAt,
      use: this.use,
      // Of what is appended only an end is planned.
      isActive: planned ? planned.type === 'claimed' : this.#isActive,
      messageCount: this.session.summary.messageCount + added,
    };
  }
}
