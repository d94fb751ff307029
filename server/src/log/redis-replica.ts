/** Between two new lines to a Redis that takes no writes. */
const LEAVE_MS = 1_000;

/** A master that was replaced keeps its lines as a replica: by now its address may lead to the new one. */
export class ReplicaLine {
  readonly #now: () => number;
  readonly #openAnew: () => void;
  #leftAt = -Infinity;

  /** `now`: milliseconds, from whenever. `openAnew`: gives up the lines there are, and opens new ones. */
  constructor(now: () => number, openAnew: () => void) {
    this.#now = now;
    this.#openAnew = openAnew;
  }

  /** Leaves the line where this failure says that a replica is at its end; once a second until it leads to a master. */
  failed(failure: unknown): void {
    if (failure instanceof Error && /\bREADONLY\b/.test(failure.message)) this.leave();
  }

  /** Leaves the line, if it is not new. */
  leave(): void {
    const now = this.#now();
    if (now - this.#leftAt < LEAVE_MS) return;
    this.#leftAt = now;
    this.#openAnew();
  }
}
