import type { Clock } from '../clock.js';
import type { Measured } from '../metrics.js';

/** Measures one reply: when its first words came, how many pieces, how long it took. */
export class ReplyMeter {
  readonly #record: (measured: Measured) => void;
  readonly #clock: Clock;
  readonly #startedAt: number;
  /** Pieces that came and were not told yet. */
  #tokens = 0;
  #hasBegun = false;

  constructor(record: (measured: Measured) => void, clock: Clock) {
    this.#record = record;
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  token(): void {
    if (!this.#hasBegun) this.#record({ type: 'first_token', afterMs: this.#ageMs });
    this.#hasBegun = true;
    this.#tokens++;
  }

  /** Tells what came: once an append, not once a piece. */
  flush(): void {
    if (this.#tokens > 0) this.#record({ type: 'tokens', count: this.#tokens });
    this.#tokens = 0;
  }

  end(status: 'complete' | 'stopped' | 'error'): void {
    this.#record({ type: 'reply_end', status, durationMs: this.#ageMs });
  }

  get #ageMs(): number {
    return this.#clock.now() - this.#startedAt;
  }
}
