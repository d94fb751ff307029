import type { Ratings } from './session-store.js';
import type { Transport, Vote } from './transport.js';

/** What a visitor thinks of an answer. */
export type Rating = Vote['rating'];

interface FeedbackContext {
  transport(): Transport;
  sessionId(): string;
  /** Called after every change. */
  changed(): void;
}

/** What the visitor thinks of replies. A vote counts at once, and is taken back where the server does not take it. */
export class Feedback {
  readonly #context: FeedbackContext;
  readonly #ratings = new Map<string, Rating>();
  /** The votes the server has taken. */
  readonly #taken = new Map<string, Rating>();
  /** For each reply the votes on their way, one after the other: the last one is the one that stays. */
  readonly #line = new Map<string, Promise<unknown>>();

  constructor(context: FeedbackContext) {
    this.#context = context;
  }

  of(messageId: string | undefined): Rating | undefined {
    return messageId === undefined ? undefined : this.#ratings.get(messageId);
  }

  /** What is to be remembered. */
  toStored(): Ratings {
    return Object.fromEntries(this.#taken);
  }

  recall(ratings: Ratings): void {
    for (const [messageId, rating] of Object.entries(ratings)) {
      this.#ratings.set(messageId, rating);
      this.#taken.set(messageId, rating);
    }
  }

  /** Resolves to false where the server has not taken it: then the last that it took holds again. */
  async rate(messageId: string, vote: Vote): Promise<boolean> {
    const { rating } = vote;
    this.#ratings.set(messageId, rating);
    this.#context.changed();
    const sending = (this.#line.get(messageId) ?? Promise.resolve()).then(() =>
      this.#context.transport().feedback?.(this.#context.sessionId(), messageId, vote),
    );
    const settled = sending.catch(() => {});
    this.#line.set(messageId, settled);
    try {
      await sending;
      this.#taken.set(messageId, rating);
      return true;
    } catch {
      return this.#line.get(messageId) !== settled; // a later vote decides
    } finally {
      if (this.#line.get(messageId) === settled) this.#settle(messageId);
      this.#context.changed();
    }
  }

  #settle(messageId: string): void {
    this.#line.delete(messageId);
    const taken = this.#taken.get(messageId);
    if (taken) this.#ratings.set(messageId, taken);
    else this.#ratings.delete(messageId);
  }
}
