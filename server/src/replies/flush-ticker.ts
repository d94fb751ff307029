import { type Clock, systemClock } from '../clock.js';

/** What is marked in one part of an interval is flushed together, so that thousands of replies do not all come at once. */
const PARTS = 8;

/**
 * So many are flushed in a turn of the event loop at the most. Node takes one new connection a turn (libuv since 1.45):
 * while thousands of replies run, nobody else could come in.
 */
const MAX_A_TURN = 64;

/** What a ticker flushes. It carries its own mark: to look that up elsewhere is what marking would cost most. */
export interface Flushable {
  /** It waits for its flush. Only the ticker changes it. */
  isMarked: boolean;
  /** When it was flushed last, by the ticker's `now()`; undefined: never. Only the ticker changes it. */
  flushedAt: number | undefined;
  /** Never throws. */
  flush(): void;
}

interface Slot {
  readonly number: number;
  readonly marked: Flushable[];
}

/**
 * One timer for all replies of a process. A reply with new text marks itself. Where it was flushed less than an interval
 * ago it is flushed once an interval later, with all that came meanwhile, so a fast model's tokens merge and what is
 * written does not grow with the token rate. (The write is what streaming costs: 62 % of the CPU of a plain server; four
 * tokens a write cost a third of four writes.) A slow model's tokens have nothing to merge with: they are flushed at
 * once, while what they touch is at hand. No timer runs while nothing waits.
 */
export class FlushTicker {
  readonly #intervalMs: number;
  readonly #slotMs: number;
  readonly #clock: Clock;
  readonly #madeAt: number;
  /** Oldest first. */
  readonly #slots: Slot[] = [];
  /** What is flushed at the end of this turn, or of the next ones. */
  readonly #due: Flushable[] = [];
  #isTurnEndAwaited = false;

  constructor({ intervalMs = 40, clock = systemClock }: { intervalMs?: number; clock?: Clock } = {}) {
    this.#intervalMs = intervalMs;
    this.#slotMs = Math.max(1, intervalMs / PARTS);
    this.#clock = clock;
    this.#madeAt = clock.now();
  }

  /**
   * Milliseconds since it was made. V8 keeps a whole number up to 2^31, 24 days of them, where it is named; the time since
   * the epoch would be one more place in memory to go to for each token.
   */
  now(): number {
    return this.#clock.now() - this.#madeAt;
  }

  /**
   * Has it flushed: at the end of this turn of the event loop where the last time is an interval ago, else after one, or
   * up to an eighth of it sooner. Marking twice is marking once.
   */
  mark(flushable: Flushable): void {
    if (flushable.isMarked) return;
    flushable.isMarked = true;
    const now = this.now();
    const { flushedAt } = flushable;
    if (flushedAt === undefined || now - flushedAt >= this.#intervalMs) {
      this.#due.push(flushable);
      return this.#awaitTurnEnd();
    }
    const number = Math.floor(now / this.#slotMs);
    const last = this.#slots.at(-1);
    if (last?.number === number) return void last.marked.push(flushable);
    this.#slots.push({ number, marked: [flushable] });
    if (this.#slots.length === 1) this.#wait(number, now);
  }

  /** Flushes it now, whether it was marked or not. */
  flush(flushable: Flushable): void {
    flushable.flushedAt = this.now();
    flushable.flush();
  }

  #wait(slot: number, now: number): void {
    const delayMs = slot * this.#slotMs + this.#intervalMs - now;
    // A clock that was set back must not hold words up.
    this.#clock.after(Math.min(this.#intervalMs, Math.max(0, delayMs)), () => this.#tick());
  }

  #tick(): void {
    const marked = this.#slots.shift()?.marked ?? [];
    const next = this.#slots[0];
    if (next) this.#wait(next.number, this.now());
    for (const flushable of marked) this.#due.push(flushable);
    this.#flushDue();
  }

  #awaitTurnEnd(): void {
    if (this.#isTurnEndAwaited) return;
    this.#isTurnEndAwaited = true;
    setImmediate(() => {
      this.#isTurnEndAwaited = false;
      this.#flushDue();
    });
  }

  #flushDue(): void {
    for (const flushable of this.#due.splice(0, MAX_A_TURN)) {
      flushable.isMarked = false;
      this.flush(flushable);
    }
    if (this.#due.length > 0) this.#awaitTurnEnd();
  }
}
