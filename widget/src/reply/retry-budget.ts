import type { Clock } from './clock.js';

/** Automatic tries of a page in any minute, at the most. */
const MAX_TRIES = 10;
const WINDOW_MS = 60_000;
/** What a try costs that brought new words: this share of one that did not. */
const PROGRESS_SHARE = 1 / 10;
/** Costs are shares that do not add up exactly. */
const ROUNDING = 1e-9;

/** The place of one try in the budget. */
export interface Reservation {
  /** When the try may be made, on the clock's time. */
  readonly at: number;
  /** The try was not made, or not by itself: the network came back, the page was shown, a visitor wanted it. */
  giveBack(): void;
  /** The try brought something new. */
  hasProgressed(): void;
}

interface Charge {
  readonly at: number;
  cost: number;
}

/**
 * Keeps all that a page tries again by itself within 10 tries in any minute, however many elements it has: back-off
 * spreads the tries of one reply, but knows nothing of the others, nor of a reply that fails again and again. A try
 * beyond that is no error, it waits until there is room. What a visitor asks for, and what follows when the network comes
 * back or the page is shown, needs none.
 *
 * A try that brought new words costs a tenth. The budget is there for servers that are down: a bad line that dies every
 * few hundred bytes needs a try for each of them, and gets them, about 90 a minute, with 256 characters each (the most
 * the server puts into an event) 23,000 characters. In the whole price a reply of 5,000 on such a line would take two
 * minutes instead of seconds. For nothing it would be no bound: a server that says a word and dies would be asked again
 * after 150 ms, 400 times a minute by each of its visitors.
 */
export class RetryBudget {
  readonly #clock: Clock;
  #charges: Charge[] = [];

  /** `clock` must be the one of all that share the budget. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The earliest moment for a try, from `earliest` (on the clock's time) on. */
  reserve(earliest: number): Reservation {
    const now = this.#clock.now();
    this.#charges = this.#charges.filter(({ at, cost }) => cost > 0 && at > now - WINDOW_MS);
    // Room comes when something leaves the window; after the last one there is nothing in it.
    const openings = this.#charges.map(({ at }) => at + WINDOW_MS).filter((at) => at > earliest);
    const at = [earliest, ...openings.toSorted((one, other) => one - other)].find((moment) => this.#hasRoom(moment));
    const charge: Charge = { at: at ?? earliest, cost: 1 };
    this.#charges.push(charge);
    return {
      at: charge.at,
      giveBack: () => void (charge.cost = 0),
      hasProgressed: () => void (charge.cost = Math.min(charge.cost, PROGRESS_SHARE)),
    };
  }

  /** Whether one more at `moment` keeps every window that holds it within the bound, also those of tries to come. */
  #hasRoom(moment: number): boolean {
    const ends = [moment, ...this.#charges.map(({ at }) => at).filter((at) => at > moment && at < moment + WINDOW_MS)];
    return ends.every((end) => {
      const inWindow = this.#charges.filter(({ at }) => at > end - WINDOW_MS && at <= end);
      return inWindow.reduce((sum, { cost }) => sum + cost, 1) <= MAX_TRIES + ROUNDING;
    });
  }
}
