import type { SessionSummary } from './session-log.js';
import type { StoredChange } from './session-changes.js';

/** What the thread that owns the file is told when it starts. */
export interface SqliteFileOptions {
  readonly file: string;
  readonly maxSessions: number;
  readonly maxFileBytes: number;
}

/** A session without its log. */
export interface SessionRow {
  readonly id: string;
  readonly owner?: string;
  readonly title?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly touchedAt: number;
  /** Rises with every use of any session: the order of the list, and of forgetting. */
  readonly use: number;
  readonly isActive: boolean;
  readonly messageCount: number;
}

/** What is asked of the thread, and what it answers. Commands are carried out in the order they are sent. */
export interface SqliteCommands {
  /** The first of all. */
  readonly open: {
    readonly request: SqliteFileOptions;
    readonly answer: {
      /** Sessions whose reply was running when an earlier process died. */
      readonly unfinished: readonly string[];
      readonly lastUse: number;
    };
  };
  /** A session, which is then held: it is not forgotten until it is released. One that is idle since `deadline` is gone. */
  readonly load: {
    readonly request: { readonly id: string; readonly deadline: number };
    readonly answer:
      | { readonly row: SessionRow; readonly changes: readonly StoredChange[] }
      | { readonly row?: undefined; readonly isDeleted: boolean };
  };
  /**
   * Stores a session's row and its next changes. A new session is held. `full`: there is no room, and it is not `isOwed`.
   * Changes of a session that is not there any more are dropped.
   */
  readonly write: {
    readonly request: {
      readonly row: SessionRow;
      readonly changes: readonly StoredChange[];
      readonly isNew: boolean;
      /** It belongs to a reply that was taken: never refused for want of room. */
      readonly isOwed: boolean;
    };
    readonly answer: 'written' | 'full' | 'gone';
  };
  readonly touch: {
    readonly request: { readonly id: string; readonly touchedAt: number; readonly use: number };
    readonly answer: null;
  };
  readonly release: { readonly request: { readonly id: string }; readonly answer: null };
  readonly remove: {
    /** `forGood`: the id is never handed out again. */
    readonly request: { readonly id: string; readonly forGood: boolean };
    readonly answer: null;
  };
  readonly list: {
    readonly request: {
      readonly owner: string;
      readonly limit: number;
      readonly before?: string;
      readonly deadline: number;
    };
    readonly answer: readonly SessionSummary[];
  };
  /** Forgets sessions that are idle since `deadline` and not held. */
  readonly sweep: { readonly request: { readonly deadline: number }; readonly answer: null };
  /** Answered once all earlier ones are carried out. */
  readonly check: { readonly request: Record<string, never>; readonly answer: null };
  /** The last of all. */
  readonly close: { readonly request: Record<string, never>; readonly answer: null };
}

/** What the worker can be asked. */
export type SqliteCommandName = keyof SqliteCommands;
/** What a command is told. */
export type RequestOf<Name extends SqliteCommandName> = SqliteCommands[Name]['request'];
/** What a command comes back with. */
export type AnswerOf<Name extends SqliteCommandName> = SqliteCommands[Name]['answer'];

/** One command on its way to the thread. */
export type SqliteCommand = {
  readonly [Name in SqliteCommandName]: {
    readonly number: number;
    readonly name: Name;
    readonly request: RequestOf<Name>;
  };
}[SqliteCommandName];

/** Its way back: an answer, or why there is none. */
export interface SqliteReturn {
  readonly number: number;
  readonly answer?: unknown;
  /** A sentence for the operator. */
  readonly failure?: string;
}
