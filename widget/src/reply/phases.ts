import type { Waiting } from './backoff.js';
import type { ChatError } from './errors.js';

/**
 * Where a reply is. `interrupted`: gave up for now, can be resumed by the visitor. `failed`: the server said no.
 *
 * ```
 *           send              first batch             end
 *   idle ──────────▶ connecting ──────────▶ streaming ────────▶ done        stop() from any living phase ─▶ stopped
 *                        │ cut · 408/429/5xx  │ ▲ first batch               other 4xx · error event ─▶ failed
 *                        ▼                    ▼ │                           tries used up ─▶ interrupted
 *                      reconnecting ◀───────────┘
 * ```
 */
export type ReplyPhase =
  | 'idle'
  | 'connecting'
  | 'streaming'
  | 'reconnecting'
  | 'done'
  | 'failed'
  | 'stopped'
  | 'interrupted';

/** The moves there are; any other is a mistake of the program. */
export const NEXT_PHASES: { readonly [phase in ReplyPhase]: readonly ReplyPhase[] } = {
  idle: ['connecting', 'done', 'failed', 'stopped', 'interrupted'], // all but the first: a reply that is loaded
  connecting: ['streaming', 'reconnecting', 'done', 'failed', 'stopped', 'interrupted'],
  streaming: ['reconnecting', 'done', 'failed', 'stopped', 'interrupted'],
  reconnecting: ['streaming', 'done', 'failed', 'stopped', 'interrupted'],
  stopped: ['done'], // the reply was whole before the stop reached the server
  failed: ['connecting'], // by hand
  interrupted: ['connecting'], // by hand
  done: [],
};

/** A request is under way, or will be. */
export const isLiving = (phase: ReplyPhase): boolean =>
  phase === 'connecting' || phase === 'streaming' || phase === 'reconnecting';

/** Where a reply is, why, and who wants to know; each move is checked against the table. */
export abstract class PhaseMachine {
  readonly #listeners = new Set<() => void>();
  #phase: ReplyPhase = 'idle';
  #error: ChatError | undefined;
  #waiting: Waiting | undefined;

  get phase(): ReplyPhase {
    return this.#phase;
  }

  /** Why the reply waits, failed or was interrupted; undefined in every other phase. */
  get error(): ChatError | undefined {
    return this.#error;
  }

  /** The next try, while `phase` is `reconnecting`. */
  get waiting(): Waiting | undefined {
    return this.#waiting;
  }

  /** Calls `listener` after every change of text or phase; returns the way to end that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected may(phase: ReplyPhase): boolean {
    return NEXT_PHASES[this.#phase].includes(phase);
  }

  /** `error` and `waiting` belong to the phase that is entered. Staying in a phase is no move. */
  protected move(phase: ReplyPhase, error?: ChatError, waiting?: Waiting): void {
    if (phase !== this.#phase && !this.may(phase)) {
      throw new Error(`A reply cannot move from ${this.#phase} to ${phase}.`);
    }
    this.#phase = phase;
    this.#error = error;
    this.#waiting = waiting;
    this.notify();
  }

  protected notify(): void {
    for (const listener of this.#listeners) listener();
  }

  protected forgetListeners(): void {
    this.#listeners.clear();
  }
}
