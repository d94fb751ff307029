import type { ChatEvent, Message, Snapshot, StartEvent } from 'chat-stream/protocol';

/** What is logged of a user's message, so that one log tells the whole session. */
export interface MessageEvent {
  readonly type: 'message';
  readonly message: Message;
}

/** What the log stores of a `start`: what belongs to one connection (version, heartbeat) is added when it is sent. */
export type LoggedEvent = ChatEvent | MessageEvent;

/** One event of a message, where it stands in its session's log. */
export interface LogEntry {
  /** Position in the session's log: a whole number from 1, strictly rising, gaps allowed, never used twice. */
  readonly id: number;
  /** The message it belongs to. */
  readonly messageId: string;
  readonly event: LoggedEvent;
}

/** What was appended to a message: the entries that follow its entry of the id `after`, or its beginning (0). */
export interface Appended {
  readonly after: number;
  readonly entries: readonly LogEntry[];
}

/** Told that entries were appended; what, where the log has it at hand: a reader who has all before it need not look. */
export type Wake = (appended?: Appended) => void;

/** A conversation, without what was said in it. */
export interface Session {
  /** 16 to 128 of `A-Z a-z 0-9 _ -`; its secret where nothing else guards it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When it will be forgotten if nothing happens in it; milliseconds since the epoch. */
  readonly expiresAt: number;
  /** When something happened in it last; milliseconds since the epoch. */
  readonly updatedAt: number;
  /** Whom it belongs to, where visitors sign in; a session without one is open to whoever knows its id. */
  readonly owner?: string;
  /** What its owner called it: at most 200 UTF-16 code units. Default: none. */
  readonly title?: string;
  /** The page's own notes, JSON as it came: the server reads nothing into them. Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a session begins with. */
export interface NewSession {
  /** Default: it is open to whoever knows its id. */
  readonly owner?: string;
  /** Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What is changed of a session: what is left out stays as it is. */
export interface SessionPatch {
  readonly title?: string;
  /** Takes the place of all the notes there were. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A session in its owner's list. */
export interface SessionSummary {
  readonly id: string;
  readonly title?: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
  /** Messages of both sides, superseded ones too. */
  readonly messageCount: number;
}

/** Which part of an owner's list is asked for. */
export interface SessionsQuery {
  /** How many at the most, those used last. */
  readonly limit: number;
  /** Only sessions that come after this one in the list; none where there is no such session. */
  readonly before?: string;
}

/** A part of an owner's list. */
export interface SessionPage {
  /** The one used last first. */
  readonly data: readonly SessionSummary[];
  /** The `before` of the next page, where there is one. */
  readonly nextBefore?: string;
}

/** A visitor's intent: say something (perhaps in place of an earlier message), or have an answer made again. */
export type Intent =
  | { readonly kind: 'message'; readonly content: string; readonly replaces?: string }
  | { readonly kind: 'regenerate'; readonly messageId: string };

/** What a visitor asks the log to take. */
export interface ClaimRequest {
  readonly intent: Intent;
  /** Without one, every claim is a new intent. */
  readonly clientMessageId?: string;
  /** Who says it: owns the session that is created for it, and must own the one that is there. */
  readonly owner?: string;
  /** Nothing new can be started now: only look whether the intent was claimed before. */
  readonly joinOnly?: boolean;
}

/** What became of a claim. Only `started` is to be generated, and by the caller alone. */
export type Claim =
  /** The intent is new: it is stored, and its reply has been opened with `start`. */
  | {
      readonly status: 'started';
      readonly user: Message;
      readonly assistant: Message;
      /** The conversation to answer: up to and including `user`, without superseded messages. */
      readonly history: readonly Message[];
    }
  /** The same intent was claimed before: read that reply. */
  | { readonly status: 'joined'; readonly messageId: string }
  /** The key was used for another intent. */
  | { readonly status: 'mismatch' }
  /** The intent is new, and was not to be started. */
  | { readonly status: 'unclaimed' }
  /** Another reply of the session is running. */
  | { readonly status: 'busy'; readonly activeMessageId: string }
  /** The message that is to be replaced, or answered again, is not there, or is of the other side. */
  | { readonly status: 'message_not_found' }
  /** The session was deleted, and its id is not used again. */
  | { readonly status: 'session_gone' }
  /** The session belongs to somebody else. */
  | { readonly status: 'foreign' }
  /** The session, or all of them together, have reached the store's bound. */
  | { readonly status: 'full'; readonly what: 'session' | 'store' };

/** Which part of a session's messages is asked for. */
export interface SnapshotQuery {
  /** How many messages at the most, the newest ones. */
  readonly limit: number;
  /** Only messages before this one; none where there is no such message. */
  readonly before?: string;
}

/** What is told to who generates a reply, of what happens on other machines. */
export interface ReplyOwner {
  /** A visitor stopped it; as in `Reply.stop`. */
  stop(keepLength?: number): unknown;
  /** It was ended or deleted elsewhere: whatever else is appended is dropped. */
  lose(): void;
}

/** What only a store has that several machines share: none of them knows all readers and requests of its replies. */
export interface OtherMachines {
  /** Names who generates a reply here; returns the way to end that. */
  own(sessionId: string, messageId: string, owner: ReplyOwner): () => void;
  /** Asks the machine that generates a reply to stop it; resolves when it was asked. May be asked for again. */
  requestStop(sessionId: string, messageId: string, keepLength?: number): Promise<void>;
  /** Milliseconds since a reader on another machine was there last, to a few seconds; Infinity where none was. */
  sinceRead(sessionId: string, messageId: string): Promise<number>;
}

/**
 * Where sessions live: one append-only log each, and the only truth about them. Log first, deliver second: readers are
 * cursors over the log, any number of them, and none owns a reply.
 *
 * Every store keeps this contract, and passes the one test suite that states it:
 * - a claim is atomic: of any number of claims with one key, one starts;
 * - ids rise strictly within a session, also over restarts of a store that survives them;
 * - what was appended is read back in order, whatever the cursor, as long as the session lives;
 * - a watcher is woken after an append, and may be woken without one;
 * - a session with a running reply is never evicted.
 *
 * Each method that waits rejects with a {@link StoreError} where the store can't do its work now.
 */
export interface SessionLog {
  /**
   * Where the id is taken, answers with the session that has it, unchanged. `full`: the store has reached its bound;
   * `gone`: the id was deleted.
   */
  createSession(id: string, values?: NewSession): Promise<Session | 'full' | 'gone'>;
  /** Counts as a use of it; undefined where there is none. */
  getSession(id: string): Promise<Session | undefined>;
  /** Changes what the patch names; undefined where there is no such session. */
  updateSession(id: string, patch: SessionPatch): Promise<Session | undefined>;
  /** An owner's sessions, the one used last first; of a {@link soleOwner}, a log need not know them. */
  listSessions(owner: string, query: SessionsQuery): Promise<SessionPage>;
  /** False where there is none. The id is never handed out again. */
  deleteSession(id: string): Promise<boolean>;
  /** Stores an intent and opens its reply; creates the session where it does not exist yet. */
  claim(sessionId: string, request: ClaimRequest): Promise<Claim>;
  /**
   * Appends to a reply; a terminal event closes it. What is appended to a closed or deleted reply is dropped. Undefined
   * where all is done at once: a promise would cost each token its turn.
   */
  append(sessionId: string, messageId: string, events: readonly ChatEvent[]): Promise<void> | undefined;
  /** A message's entries after a cursor, oldest first; at most about `maxLength` UTF-16 units, at least one entry. */
  read(sessionId: string, messageId: string, after: number, maxLength: number): Promise<readonly LogEntry[]>;
  /** Calls `wake` after entries of the message were appended or it was deleted; returns the way to end that. */
  watch(sessionId: string, messageId: string, wake: Wake): () => void;
  /** A message as it stands now; undefined where there is none. */
  getMessage(sessionId: string, messageId: string): Promise<Message | undefined>;
  /** The newest messages, and the cursor that goes on from them; undefined where there is no such session. */
  snapshot(sessionId: string, query: SnapshotQuery): Promise<Snapshot | undefined>;
  /** Where several machines share the store. */
  readonly others?: OtherMachines;
  /**
   * Resolves once the store can be used, e.g. its file is open and what an earlier process left unfinished is closed.
   * @throws {StoreError} while it can't be.
   */
  check(): Promise<void>;
  /** Writes what is not written yet and lets go of files and connections. Nothing is called after it. */
  close(): Promise<void>;
}

/**
 * A store that can't do its work now: its disk is full, its server is away. Requests are answered with 503 and may be
 * tried again; nothing that was acknowledged is lost. The message is for the log: what failed, and what to do.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * The owner of a session whose visitor is not known: whoever holds its token. He owns nothing else, so nobody lists what is
 * his; and nobody else is called so, also on a server that knew its visitors otherwise before, or will later.
 */
export const soleOwner = (sessionId: string): string => `capability:${sessionId}`;

/** The `start` of a reply, as it is logged. */
export const startEvent = (user: Message, assistant: Message): StartEvent => ({
  type: 'start',
  messageId: assistant.id,
  userMessageId: user.id,
  ...(assistant.clientMessageId !== undefined && { clientMessageId: assistant.clientMessageId }),
  createdAt: assistant.createdAt,
  ...(assistant.variantOf !== undefined && { variantOf: assistant.variantOf }),
});

/** Two claims are the same intent when this is the same. */
export const fingerprint = (intent: Intent): string =>
  intent.kind === 'message'
    ? JSON.stringify(['message', intent.content, intent.replaces ?? null])
    : JSON.stringify(['regenerate', intent.messageId]);
