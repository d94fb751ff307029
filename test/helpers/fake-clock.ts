import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../server/src/clock.js';

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  /** In the order they were set, so that timers due at the same moment fire in that order. */
  readonly #timers = new Set<Timer>();

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueAt: this.#now + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait: a test's proof that nothing was left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on at once; no timer may come due on the way. */
  skip(ms: number): void {
    if (this.#nextDue(this.#now + ms)) throw new Error('A timer is due on the way: advance() instead.');
    this.#now += ms;
  }

  /** Lets `ms` pass: each timer that comes due fires at its own time, and what it wakes runs before the next one. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let timer = this.#nextDue(until); timer; timer = this.#nextDue(until)) {
      this.#timers.delete(timer);
      this.#now = timer.dueAt;
      timer.callback();
      await settle();
    }
    this.#now = until;
  }

  #nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (timer.dueAt <= until && (!next || timer.dueAt < next.dueAt)) next = timer;
    return next;
  }
}

/** Runs every promise continuation that is ready, however long the chain, and what these leave for the end of the turn. */
export async function settle(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
