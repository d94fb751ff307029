import type { ChatEvent, Message, Snapshot } from 'chat-stream/protocol';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.js';
import { ageMsOrInfinity, readOptions, wholeNumber } from '../options.js';
import type {
  Claim,
  ClaimRequest,
  LogEntry,
  NewSession,
  Session,
  SessionLog,
  SessionPage,
  SessionPatch,
  SessionsQuery,
  SnapshotQuery,
  Wake,
} from './session-log.js';
import { StoredSession } from './stored-session.js';

/** Options of {@link memoryLog}. */
export interface MemoryLogOptions {
  /** Sessions at the most; beyond, the one that was idle longest is forgotten. Default 10,000. */
  readonly maxSessions?: number;
  /** Estimated bytes of all sessions together; beyond, likewise. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Estimated bytes of one session; beyond, it takes no more messages. Default 8 MiB. */
  readonly maxSessionBytes?: number;
  /** A session in which nothing happened for so long is forgotten. Milliseconds, default 24 hours; Infinity: none is. */
  readonly idleMs?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

const numbersSchema = z.object({
  maxSessions: wholeNumber({ min: 1 }).default(10_000),
  maxBytes: wholeNumber({ min: 1 }).default(256 * 1024 * 1024),
  maxSessionBytes: wholeNumber({ min: 1 }).default(8 * 1024 * 1024),
  idleMs: ageMsOrInfinity().default(24 * 60 * 60 * 1_000),
});

/** How many ids of deleted sessions are remembered, so that a late POST cannot bring one back to life. */
const MAX_TOMBSTONES = 10_000;

/**
 * Sessions in this process's memory: fast, bounded, and gone with the process.
 * @throws {TypeError} where an option is out of its range.
 */
export function memoryLog(options: MemoryLogOptions = {}): SessionLog {
  return new MemoryLog(options);
}

class MemoryLog implements SessionLog {
  readonly #maxSessions: number;
  readonly #maxBytes: number;
  readonly #maxSessionBytes: number;
  readonly #idleMs: number;
  readonly #clock: Clock;
  /** In the order of their last use: the first is the one to forget. */
  readonly #sessions = new Map<string, StoredSession>();
  readonly #deleted = new Set<string>();
  #bytes = 0;

  constructor(options: MemoryLogOptions) {
    const numbers = readOptions('memoryLog', numbersSchema, options);
    this.#maxSessions = numbers.maxSessions;
    this.#maxBytes = numbers.maxBytes;
    this.#maxSessionBytes = numbers.maxSessionBytes;
    this.#idleMs = numbers.idleMs;
    this.#clock = options.clock ?? systemClock;
  }

  async createSession(id: string, values?: NewSession): Promise<Session | 'full' | 'gone'> {
    if (this.#deleted.has(id)) return 'gone';
    const session = this.#use(id) ?? this.#create(id, values);
    return session ? this.#describe(session) : 'full';
  }

  async getSession(id: string): Promise<Session | undefined> {
    const session = this.#use(id);
    return session && this.#describe(session);
  }

  async updateSession(id: string, patch: SessionPatch): Promise<Session | undefined> {
    const session = this.#use(id);
    if (!session) return undefined;
    this.#measured(session, () => session.update(patch));
    return this.#describe(session);
  }

  /** Looks at every session in memory: at most `maxSessions`, and only where somebody asks for a list. */
  async listSessions(owner: string, { limit, before }: SessionsQuery): Promise<SessionPage> {
    this.#forgetIdle();
    const owned = [...this.#sessions.values()].filter((session) => session.owner === owner).toReversed();
    const from = before === undefined ? 0 : owned.findIndex(({ id }) => id === before) + 1 || owned.length;
    const page = owned.slice(from, from + limit);
    const last = page.at(-1);
    return {
      data: page.map((session) => session.summary),
      ...(last && from + limit < owned.length && { nextBefore: last.id }),
    };
  }

  async deleteSession(id: string): Promise<boolean> {
    const session = this.#use(id);
    if (!session) return false;
    this.#forget(session);
    this.#deleted.add(id);
    for (const oldest of this.#deleted) {
      if (this.#deleted.size <= MAX_TOMBSTONES) break;
      this.#deleted.delete(oldest);
    }
    return true;
  }

  async claim(sessionId: string, request: ClaimRequest): Promise<Claim> {
    if (this.#deleted.has(sessionId)) return { status: 'session_gone' };
    const known = this.#use(sessionId);
    if (known && known.owner !== request.owner) return { status: 'foreign' };
    const earlier = known?.claimed(request);
    if (earlier) return earlier;
    if (request.joinOnly) return { status: 'unclaimed' };
    if (known && known.bytes > this.#maxSessionBytes) return { status: 'full', what: 'session' };
    const { intent } = request;
    // Nothing is made for a message that can't be there.
    if (!known && (intent.kind === 'regenerate' || intent.replaces !== undefined))
      return { status: 'message_not_found' };
    const session = known ?? this.#create(sessionId, request);
    if (!session) return { status: 'full', what: 'store' };
    return this.#measured(session, () => session.claim(request, this.#clock.now()));
  }

  append(sessionId: string, messageId: string, events: readonly ChatEvent[]): undefined {
    const session = this.#sessions.get(sessionId);
    if (session?.activeMessageId !== messageId) return;
    this.#measured(session, () => session.append(messageId, events));
    // While its reply runs it is not forgotten, wherever it stands in the line.
    if (session.activeMessageId === undefined) this.#touch(session);
  }

  async read(sessionId: string, messageId: string, after: number, maxLength: number): Promise<readonly LogEntry[]> {
    return this.#sessions.get(sessionId)?.read(messageId, after, maxLength) ?? [];
  }

  watch(sessionId: string, messageId: string, wake: Wake): () => void {
    return this.#sessions.get(sessionId)?.watch(messageId, wake) ?? (() => {});
  }

  async getMessage(sessionId: string, messageId: string): Promise<Message | undefined> {
    return this.#use(sessionId)?.message(messageId);
  }

  async snapshot(sessionId: string, query: SnapshotQuery): Promise<Snapshot | undefined> {
    return this.#use(sessionId)?.snapshot(query);
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}

  #describe(session: StoredSession): Session {
    return { ...session.description, expiresAt: session.touchedAt + this.#idleMs };
  }

  /** Finds a session and moves it to the end of the line of those to be forgotten. */
  #use(id: string): StoredSession | undefined {
    this.#forgetIdle();
    const session = this.#sessions.get(id);
    if (!session) return undefined;
    this.#touch(session);
    return session;
  }

  #touch(session: StoredSession): void {
    session.touchedAt = this.#clock.now();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
  }

  #create(id: string, values: NewSession = {}): StoredSession | undefined {
    const session = new StoredSession(id, this.#clock.now(), values);
    if (!this.#makeRoom(this.#maxSessions - 1, this.#maxBytes - session.bytes)) return undefined;
    this.#sessions.set(id, session);
    this.#bytes += session.bytes;
    return session;
  }

  #measured<T>(session: StoredSession, change: () => T): T {
    const before = session.bytes;
    const result = change();
    this.#bytes += session.bytes - before;
    if (this.#bytes > this.#maxBytes) this.#makeRoom(this.#maxSessions, this.#maxBytes, session);
    return result;
  }

  #forgetIdle(): void {
    const deadline = this.#clock.now() - this.#idleMs;
    for (const session of this.#sessions.values()) {
      if (session.touchedAt > deadline) return;
      if (session.activeMessageId === undefined) this.#forget(session);
    }
  }

  /** Forgets idle sessions, oldest first, until the bounds hold; false where running replies alone exceed them. */
  #makeRoom(maxSessions: number, maxBytes: number, except?: StoredSession): boolean {
    for (const session of this.#sessions.values()) {
      if (this.#sessions.size <= maxSessions && this.#bytes <= maxBytes) return true;
      if (session !== except && session.activeMessageId === undefined) this.#forget(session);
    }
    return this.#sessions.size <= maxSessions && this.#bytes <= maxBytes;
  }

  #forget(session: StoredSession): void {
    this.#sessions.delete(session.id);
    this.#bytes -= session.bytes;
    session.close();
  }
}
