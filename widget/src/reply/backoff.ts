import type { Clock, Connectivity, ConnectivityChange } from './clock.js';
import type { ChatError } from './errors.js';
import { retryDelayMs, type RetryPolicy } from './retry.js';

/** What the visitor is waiting for while a reply reconnects. */
export interface Waiting {
  /** Failures since the last progress. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** When the waiting began and when the next try comes, on the clock's time. */
  readonly since: number;
  readonly until: number;
  /** Trying earlier is of no use: the server asked for patience. */
  readonly isFloor: boolean;
}

export interface BackoffOptions {
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  readonly random: () => number;
  readonly policy: RetryPolicy;
}

const DEFAULT_BASE_MS = 1_000;

/** Counts failures since the last progress, and waits between tries: in vain, at once, or no more. */
export class Backoff {
  /** From the stream's `retry:`. */
  baseMs = DEFAULT_BASE_MS;
  readonly #options: BackoffOptions;
  #failures = 0;
  #failingSince = 0;
  #finish: () => void = () => {};

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Something new arrived: what failed before counts no more. */
  progress(): void {
    this.#failures = 0;
  }

  /** Counts a failure in; undefined where it is one too many. */
  next(failure: ChatError): Waiting | undefined {
    const { clock, connectivity, policy, random } = this.#options;
    const since = clock.now();
    if (!connectivity.online) this.#failures = 0; // what fails without a network says nothing of the server
    if (this.#failures++ === 0) this.#failingSince = since;
    if (this.#failures > policy.maxAttempts || since - this.#failingSince > policy.maxOnlineMs) return undefined;
    const { retryAfterMs } = failure;
    const delayMs = retryDelayMs({ attempt: this.#failures, baseMs: this.baseMs, retryAfterMs, random });
    return {
      attempt: this.#failures,
      maxAttempts: policy.maxAttempts,
      since,
      until: since + delayMs,
      isFloor: retryAfterMs !== undefined && retryAfterMs > 0,
    };
  }

  /** Waits for the next try. While offline it waits without end, and counts nothing. */
  async pause(waiting: Waiting, signal: AbortSignal): Promise<void> {
    const { connectivity } = this.#options;
    await this.#sleep(waiting.until - this.#options.clock.now(), !waiting.isFloor, signal);
    while (!connectivity.online && !signal.aborted) {
      await this.#sleep(Infinity, true, signal);
      this.#failures = 0;
    }
  }

  /** Ends the waiting: the network is back, the page is shown again, or the visitor wants it. */
  hurry(): void {
    this.#finish();
  }

  #sleep(delayMs: number, mayHurry: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const finish = () => {
        cancel();
        unsubscribe();
        signal.removeEventListener('abort', finish);
        this.#finish = () => {};
        resolve();
      };
      const { clock, connectivity } = this.#options;
      const cancel = delayMs === Infinity ? () => {} : clock.after(delayMs, finish);
      // A page that is being left is no reason to try.
      const wake = (change: ConnectivityChange) => change !== 'left' && finish();
      const unsubscribe = mayHurry ? connectivity.subscribe(wake) : () => {};
      signal.addEventListener('abort', finish, { once: true });
      if (mayHurry) this.#finish = finish;
    });
  }
}
