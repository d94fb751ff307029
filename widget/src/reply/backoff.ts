import type { Clock, Connectivity, ConnectivityChange } from './clock.js';
import type { ChatError } from './errors.js';
import {
  DEFAULT_RETRY_POLICY,
  drawPlace,
  isServerError,
  MAX_TRIES_AFTER_SERVER_ERROR,
  retryDelayMs,
  type RetryPolicy,
} from './retry.js';
import type { Reservation, RetryBudget } from './retry-budget.js';

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

/** What the waiting between tries depends on. */
export interface BackoffOptions {
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  readonly random: () => number;
  readonly policy: RetryPolicy;
  /** Shared by all that try again on this page. */
  readonly budget: RetryBudget;
}

const DEFAULT_BASE_MS = 1_000;

/** Counts failures since the last progress, and waits between tries: in vain, at once, or no more. */
export class Backoff {
  /** From the stream's `retry:`. */
  baseMs = DEFAULT_BASE_MS;
  readonly #options: BackoffOptions;
  /** Drawn once, when it is needed: what spreads the clients of a server that is back is that each keeps its own. */
  #place: number | undefined;
  #failures = 0;
  #failingSince = 0;
  #serverErrors = 0;
  /** The newest try's place in the page's budget. */
  #reservation: Reservation | undefined;
  #finish: () => void = () => {};

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Something new arrived: what failed before counts no more. */
  progress(): void {
    this.#failures = this.#serverErrors = 0;
    this.#reservation?.hasProgressed();
    this.#reservation = undefined;
  }

  /** Counts a failure in; undefined where it is one too many. */
  next(failure: ChatError): Waiting | undefined {
    const { clock, connectivity, random, budget } = this.#options;
    const policy = this.#policyFor(failure);
    const since = clock.now();
    if (!connectivity.online) this.#failures = 0; // what fails without a network says nothing of the server
    if (this.#failures++ === 0) this.#failingSince = since;
    if (this.#failures > policy.maxAttempts || since - this.#failingSince > policy.maxOnlineMs) return undefined;
    if (isServerError(failure) && this.#serverErrors++ === MAX_TRIES_AFTER_SERVER_ERROR) return undefined;
    const { retryAfterMs } = failure;
    const delayMs = retryDelayMs({
      attempt: this.#failures,
      baseMs: this.baseMs,
      retryAfterMs,
      place: this.#failures > 1 ? (this.#place ??= drawPlace(random)) : 0,
      random,
    });
    this.#reservation = budget.reserve(since + delayMs);
    return {
      attempt: this.#failures,
      maxAttempts: policy.maxAttempts,
      since,
      until: this.#reservation.at,
      isFloor: retryAfterMs !== undefined && retryAfterMs > 0,
    };
  }

  /** Waits for the next try. While offline it waits without end, and counts nothing. */
  async pause(waiting: Waiting, signal: AbortSignal): Promise<void> {
    const { clock, connectivity } = this.#options;
    await this.#sleep(waiting.until - clock.now(), !waiting.isFloor, signal);
    const isOverdue = clock.now() >= waiting.until;
    const wasOnline = connectivity.online;
    while (!connectivity.online && !signal.aborted) {
      await this.#sleep(Infinity, true, signal);
      this.#failures = 0;
    }
    // Whoever hurries it, makes the try: the page does not make it by itself.
    if (!isOverdue || !wasOnline || signal.aborted) this.#reservation?.giveBack();
  }

  /** Ends the waiting: the network is back, the page is shown again, or the visitor wants it. */
  hurry(): void {
    this.#finish();
  }

  /** A server that is busy with another reply has not failed: this one waits for its turn, however few tries there are. */
  #policyFor({ code }: ChatError): RetryPolicy {
    const { policy } = this.#options;
    const isQueuing = code === 'reply_in_progress' && policy.maxAttempts < DEFAULT_RETRY_POLICY.maxAttempts;
    return isQueuing ? DEFAULT_RETRY_POLICY : policy;
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
