import { isLiving } from './phases.js';
import { ReplyStream } from './reply-stream.js';
import type { Turn } from './turn.js';

/** A list of turns, and who wants to know of its changes. */
export abstract class TurnList {
  readonly #listeners = new Set<() => void>();
  #turns: readonly Turn[] = [];

  /** Oldest first; a new array after every change. */
  get turns(): readonly Turn[] {
    return this.#turns;
  }

  /** The reply that is under way. */
  get running(): ReplyStream | undefined {
    const reply = this.#turns.findLast(({ reply: candidate }) => isLiving(candidate.phase))?.reply;
    return reply instanceof ReplyStream ? reply : undefined;
  }

  /** Calls `listener` after every change of the list or of a reply's phase, not of its words. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected change(turns: readonly Turn[]): void {
    this.#turns = turns;
    this.notify();
  }

  /** Puts another turn in the place of one. */
  protected put(turn: Turn): void {
    this.change(this.#turns.map((other) => (other.key === turn.key ? turn : other)));
  }

  protected notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Ends every reply's connection here, and the listening. */
  protected letGo(): void {
    this.#listeners.clear();
    for (const { reply } of this.#turns) if (reply instanceof ReplyStream) reply.dispose();
  }
}
