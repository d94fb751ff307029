import { setMaxListeners } from 'node:events';
import { type ChatEvent, isTerminal, type Message, type Snapshot } from 'chat-stream/protocol';
import { type Clock, sleep } from '../clock.js';
import {
  type Claim,
  type ClaimRequest,
  type LogEntry,
  type NewSession,
  type Session,
  type SessionLog,
  type SessionPage,
  type SessionPatch,
  type SessionsQuery,
  type SnapshotQuery,
  StoreError,
  type Wake,
} from './session-log.js';
import type { AnswerOf, SqliteFileOptions } from './sqlite-commands.js';
import type { SqliteSession } from './sqlite-session.js';
import { SqliteSessions } from './sqlite-sessions.js';
import { SqliteThread } from './sqlite-thread.js';

/** How often the end of a reply is tried to be written while the disk is full, and how long its writer waits for that. */
const RETRY_MS = 1_000;
const PATIENCE_MS = 10_000;

/** `SqliteLogOptions`, all of them. */
export interface SqliteLogSettings extends SqliteFileOptions {
  readonly maxSessionBytes: number;
  readonly idleMs: number;
  readonly cacheBytes: number;
  readonly clock: Clock;
}

interface Opened {
  readonly thread: SqliteThread;
  readonly sessions: SqliteSessions;
}

/** What `sqliteLog` makes: the contract of {@link SessionLog}, kept by the sessions in memory and the thread with the file. */
export class SqliteLog implements SessionLog {
  readonly #options: SqliteLogSettings;
  readonly #closing = new AbortController();
  #opened: Promise<Opened> | undefined;
  /** Once they are there. */
  #sessions: SqliteSessions | undefined;

  constructor(options: SqliteLogSettings) {
    this.#options = options;
    // As many wait for it as replies wait for room on the disk; Node takes more than ten for a leak.
    setMaxListeners(0, this.#closing.signal);
  }

  async createSession(id: string, values: NewSession = {}): Promise<Session | 'full' | 'gone'> {
    const { sessions } = await this.#open();
    return sessions.lock.run(id, async () => {
      const known = await sessions.load(id);
      if (known === 'deleted') return 'gone';
      const session = known ?? sessions.create(id, values);
      if (!known && (await this.#writeNew(sessions, () => session.write())) === 'full') return 'full';
      sessions.keep(session);
      if (known) sessions.touch(session);
      return this.#describe(session);
    });
  }

  async getSession(id: string): Promise<Session | undefined> {
    const session = await this.#use(id);
    return session && this.#describe(session);
  }

  async updateSession(id: string, patch: SessionPatch): Promise<Session | undefined> {
    const { sessions } = await this.#open();
    return sessions.lock.run(id, async () => {
      const session = await sessions.load(id);
      if (!session || session === 'deleted') return undefined;
      sessions.touch(session);
      if ((await session.write({ patch })) === 'gone') {
        sessions.forget(session);
        return undefined;
      }
      session.session.update(patch);
      sessions.settle(session);
      return this.#describe(session);
    });
  }

  async listSessions(owner: string, { limit, before }: SessionsQuery): Promise<SessionPage> {
    const { thread, sessions } = await this.#open();
    for (const session of sessions.all) {
      if (session.session.owner === owner && !session.isUseStored) session.writeUse().catch(() => {});
    }
    const { deadline } = sessions;
    const query = { owner, limit: limit + 1, deadline, ...(before !== undefined && { before }) };
    const found = await thread.ask('list', query);
    const data = found.slice(0, limit);
    const last = data.at(-1);
    return { data, ...(last && found.length > limit && { nextBefore: last.id }) };
  }

  async deleteSession(id: string): Promise<boolean> {
    const { sessions } = await this.#open();
    return sessions.lock.run(id, async () => {
      const session = await sessions.load(id);
      if (!session || session === 'deleted') return false;
      await sessions.remove(session, true);
      return true;
    });
  }

  async claim(sessionId: string, request: ClaimRequest): Promise<Claim> {
    const { sessions } = await this.#open();
    return sessions.lock.run(sessionId, async () => {
      const known = await sessions.load(sessionId);
      if (known === 'deleted') return { status: 'session_gone' };
      if (known) sessions.touch(known);
      if (known && known.session.owner !== request.owner) return { status: 'foreign' };
      const earlier = known?.session.claimed(request);
      if (earlier) return earlier;
      if (request.joinOnly) return { status: 'unclaimed' };
      if (known && known.session.bytes > this.#options.maxSessionBytes) return { status: 'full', what: 'session' };
      const session = known ?? sessions.create(sessionId, request);
      const planned = session.session.planClaim(request, this.#options.clock.now());
      if ('status' in planned) return planned;
      const written = await this.#writeNew(sessions, () => session.write({ planned }));
      if (written === 'full') return { status: 'full', what: 'store' };
      if (written === 'gone') {
        sessions.forget(session);
        throw new StoreError(`A session was taken from ${this.#options.file} by another program; it may begin anew.`);
      }
      const claim = session.session.start(planned);
      sessions.keep(session);
      return claim;
    });
  }

  append(sessionId: string, messageId: string, events: readonly ChatEvent[]): Promise<void> | undefined {
    const sessions = this.#sessions;
    const session = sessions?.get(sessionId);
    const isRunning = session?.session.activeMessageId === messageId && !session.ending;
    if (!sessions || !isRunning || events.some(isTerminal)) return this.#appendLater(sessionId, messageId, events);
    sessions.use(session);
    session.append(messageId, events);
    if (session.hasUnwritten) sessions.writeSoon(session);
    return undefined;
  }

  /** Where something is waited for: a reply is ending, or its session is not in memory. */
  async #appendLater(sessionId: string, messageId: string, events: readonly ChatEvent[]): Promise<void> {
    const { sessions } = await this.#open();
    const session = await sessions.find(sessionId);
    if (!session) return;
    if (session.ending) return this.#patiently(session.ending);
    const index = events.findIndex(isTerminal);
    const terminal = events[index];
    sessions.touch(session);
    session.append(messageId, terminal ? events.slice(0, index) : events);
    if (!terminal) return session.hasUnwritten ? sessions.writeSoon(session) : undefined;
    const ending = this.#end(session, messageId, terminal).finally(() => {
      session.ending = undefined;
      sessions.settle(session);
    });
    ending.catch(() => {});
    session.ending = ending;
    return this.#patiently(ending);
  }

  async read(sessionId: string, messageId: string, after: number, maxLength: number): Promise<readonly LogEntry[]> {
    const session = await this.#find(sessionId);
    return session?.session.read(messageId, after, maxLength) ?? [];
  }

  watch(sessionId: string, messageId: string, wake: Wake): () => void {
    // Who reads has looked for the session a moment ago, so it is in memory. If not, what came meanwhile is told late.
    const present = this.#sessions?.get(sessionId);
    if (present) return present.watch(messageId, wake);
    let isOver = false;
    let unwatch = () => {};
    const begin = async () => {
      const session = await this.#find(sessionId);
      if (session && !isOver) unwatch = session.watch(messageId, wake);
    };
    // Where the session can't be read, reading it tells.
    void begin()
      .catch(() => {})
      .then(() => !isOver && wake());
    return () => {
      isOver = true;
      unwatch();
    };
  }

  async getMessage(sessionId: string, messageId: string): Promise<Message | undefined> {
    return (await this.#use(sessionId))?.session.message(messageId);
  }

  async snapshot(sessionId: string, query: SnapshotQuery): Promise<Snapshot | undefined> {
    return (await this.#use(sessionId))?.session.snapshot(query);
  }

  async check(): Promise<void> {
    const { thread } = await this.#open();
    await thread.ask('check', {});
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const opened = await this.#opened?.catch(() => undefined);
    if (!opened) return;
    const endings = [...opened.sessions.all].map(({ ending }) => ending);
    await Promise.allSettled([...endings, opened.sessions.writeAll()]);
    await opened.thread.close();
  }

  async #find(id: string): Promise<SqliteSession | undefined> {
    const { sessions } = await this.#open();
    return sessions.find(id);
  }

  async #use(id: string): Promise<SqliteSession | undefined> {
    const { sessions } = await this.#open();
    const session = await sessions.find(id);
    if (session) sessions.touch(session);
    return session;
  }

  #describe({ session }: SqliteSession): Session {
    return { ...session.description, expiresAt: session.touchedAt + this.#options.idleMs };
  }

  /** Writes what needs room; where there is none, sessions that are idle in memory may be forgotten too. */
  async #writeNew(sessions: SqliteSessions, write: () => Promise<AnswerOf<'write'>>): Promise<AnswerOf<'write'>> {
    const written = await write();
    if (written !== 'full') return written;
    sessions.releaseIdle(0);
    return write();
  }

  /** Readers see the end of a reply when it is on the disk, however long that takes; until then it is running. */
  async #end(session: SqliteSession, messageId: string, terminal: ChatEvent): Promise<void> {
    const planned = session.session.planAppend(messageId, [terminal]);
    if (!planned) return;
    for (;;) {
      try {
        if ((await session.write({ planned })) === 'gone') this.#sessions?.forget(session);
        else session.session.apply(planned);
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) throw error;
        await sleep(this.#options.clock, RETRY_MS, this.#closing.signal);
      }
    }
  }

  /** Waits for an end, but not for ever. @throws {StoreError} */
  async #patiently(ending: Promise<void>): Promise<void> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#options.clock.after(PATIENCE_MS, () => {
        const { file } = this.#options;
        reject(new StoreError(`The end of a reply could not be written to ${file} yet. Make room on its disk.`));
      });
    });
    await Promise.race([ending, late]).finally(cancel);
  }

  #open(): Promise<Opened> {
    return (this.#opened ??= this.#begin().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    }));
  }

  async #begin(): Promise<Opened> {
    const { file, maxSessions, maxFileBytes, clock, idleMs, cacheBytes } = this.#options;
    const thread = new SqliteThread();
    const { unfinished, lastUse } = await thread.ask('open', { file, maxSessions, maxFileBytes });
    const sessions = new SqliteSessions({ thread, clock, file, idleMs, cacheBytes, lastUse });
    try {
      await Promise.all(unfinished.map((id) => sessions.endUnfinished(id)));
    } catch (error) {
      await thread.close().catch(() => {});
      throw error;
    }
    this.#sessions = sessions;
    return { thread, sessions };
  }
}
