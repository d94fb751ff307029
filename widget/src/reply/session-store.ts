import type { Rating } from './feedback.js';
import { toJson } from './json.js';
import type { ReplyPhase } from './phases.js';

/** A turn as this browser remembers it: what was asked, and what was shown of the answer. */
export interface StoredTurn {
  readonly question: string;
  readonly clientMessageId: string;
  /** What the page added for the responder. */
  readonly context?: unknown;
  /** The user's message this one replaces. */
  readonly replaces?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly answer: string;
  readonly phase: ReplyPhase;
  readonly messageId?: string;
  readonly cursor: number;
}

/** What a page remembers of a conversation, until the tab is closed. */
export interface StoredSession {
  readonly sessionId: string;
  /** Opens it, where the server asks for one. */
  readonly token?: string | undefined;
  /** Nothing was asked in it so far: no server knows it. */
  readonly isNew?: boolean;
  /** Oldest first; empty where only the id is kept. */
  readonly turns: readonly StoredTurn[];
  /** What the visitor thinks of replies, by their ids. */
  readonly ratings?: Ratings;
}

/** What the visitor thought of which answer, by the id of the message. */
export type Ratings = Readonly<Record<string, Rating>>;

/** As much of the DOM's `Storage` as is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Characters of transcript that are kept: a browser gives an origin about five million, and they are the site's. */
const MAX_LENGTH = 400_000;

const PHASES: readonly ReplyPhase[] = [
  'idle',
  'connecting',
  'streaming',
  'reconnecting',
  'done',
  'failed',
  'stopped',
  'interrupted',
];

/**
 * What outlives the page: the session, its transcript, the draft, the open panel and what came unseen. Storage may be missing, full,
 * or throw at every touch (a sandboxed frame): then the chat lives as long as the page, and nothing else changes.
 */
export class SessionStore {
  readonly #storage: () => KeyValueStorage | undefined;
  readonly #key: string;

  /** `storage` is called each time, since merely asking a window for its storage can throw. */
  constructor(storage: () => KeyValueStorage | undefined, src: string) {
    this.#storage = storage;
    this.#key = `chat-stream:${src}`;
  }

  load(): StoredSession | undefined {
    const json = this.#read(this.#key);
    if (typeof json !== 'object' || json === null || !('sessionId' in json)) return undefined;
    if (!isSessionId(json.sessionId)) return undefined;
    const turns = 'turns' in json && Array.isArray(json.turns) ? json.turns : [];
    const ratings = 'ratings' in json ? readRatings(json.ratings) : {};
    return {
      sessionId: json.sessionId,
      ...('token' in json && isToken(json.token) && { token: json.token }),
      ...('isNew' in json && json.isNew === true && { isNew: true }),
      turns: turns.filter(isTurn),
      ...(Object.keys(ratings).length > 0 && { ratings }),
    };
  }

  /** Keeps as many of the newest turns as there is room for. */
  save({ sessionId, token, isNew = false, turns, ratings = {} }: StoredSession): void {
    let room = MAX_LENGTH;
    const from = turns.findLastIndex(({ question, answer }) => (room -= question.length + answer.length) < 0) + 1;
    this.#write(
      this.#key,
      toJson({
        sessionId,
        ...(token !== undefined && { token }),
        ...(isNew && { isNew }),
        turns: turns.slice(from),
        ...(Object.keys(ratings).length > 0 && { ratings }),
      }),
    );
  }

  /** `chat`: which of several, where a page has several. */
  loadDraft(chat = ''): string {
    const draft = this.#read(`${this.#key}:draft${chat}`);
    return typeof draft === 'string' ? draft : '';
  }

  saveDraft(draft: string, chat = ''): void {
    this.#write(`${this.#key}:draft${chat}`, draft === '' ? undefined : toJson(draft));
  }

  /** Whether the chat's panel was open; undefined where that was never said. */
  loadOpen(): boolean | undefined {
    const isOpen = this.#read(`${this.#key}:open`);
    return typeof isOpen === 'boolean' ? isOpen : undefined;
  }

  saveOpen(isOpen: boolean): void {
    this.#write(`${this.#key}:open`, toJson(isOpen));
  }

  /** How many replies of this session have come that were not seen. */
  loadUnread(sessionId: string): number {
    const unread = this.#read(`${this.#key}:unread`);
    if (typeof unread !== 'object' || unread === null || !('count' in unread) || !('sessionId' in unread)) return 0;
    const { count } = unread;
    return unread.sessionId === sessionId && Number.isSafeInteger(count) ? Math.max(0, Number(count)) : 0;
  }

  saveUnread(sessionId: string, count: number): void {
    this.#write(`${this.#key}:unread`, count === 0 ? undefined : toJson({ sessionId, count }));
  }

  #read(key: string): unknown {
    try {
      return JSON.parse(this.#storage()?.getItem(key) ?? 'null');
    } catch {
      return undefined; // no storage, or not ours: as if nothing had been kept
    }
  }

  #write(key: string, value: string | undefined): void {
    try {
      if (value === undefined) this.#storage()?.removeItem(key);
      else this.#storage()?.setItem(key, value);
    } catch {
      // no storage, or no room in it: the page's memory has to do
    }
  }
}

/** A session's id is its secret where nothing else guards it: one that is easily guessed is none. */
export const isSessionId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{16,128}$/.test(value);

/** What may stand in an `Authorization` header. */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.~+/-]{1,4096}=*$/.test(value);

function readRatings(json: unknown): Ratings {
  const entries = Object.entries(typeof json === 'object' && json !== null ? json : {});
  return Object.fromEntries(entries.filter(([, rating]) => rating === 'up' || rating === 'down'));
}

function isTurn(json: unknown): json is StoredTurn {
  if (typeof json !== 'object' || json === null) return false;
  const turn = json as Readonly<Record<string, unknown>>;
  return (
    typeof turn.question === 'string' &&
    typeof turn.clientMessageId === 'string' &&
    typeof turn.answer === 'string' &&
    PHASES.some((phase) => phase === turn.phase) &&
    [turn.messageId, turn.replaces, turn.createdAt].every((text) => text === undefined || typeof text === 'string') &&
    typeof turn.cursor === 'number' &&
    Number.isSafeInteger(turn.cursor) &&
    turn.cursor >= 0
  );
}
