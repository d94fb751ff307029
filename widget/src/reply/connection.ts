import type { Clock } from './clock.js';
import { ChatError, toChatError } from './errors.js';

const STALLED = Symbol('stalled');

/** The life of one request: ends with its caller's signal, or once nothing was heard for the time last agreed on. */
export class Connection {
  readonly #clock: Clock;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #leave = () => this.#controller.abort();
  #silenceMs = 0;
  /** By the clock; Infinity where nothing is expected. */
  #deadline = Infinity;
  /** Looks whether the deadline has passed. Most are put off before: to set a timer for each costs more than to look again. */
  #look: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, caller?: AbortSignal) {
    this.#clock = clock;
    this.#caller = caller;
    caller?.addEventListener('abort', this.#leave, { once: true });
    if (caller?.aborted) this.#leave();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  expectWithin(delayMs: number): void {
    this.#silenceMs = delayMs;
    this.#deadline = this.#clock.now() + delayMs;
    if (this.#look && this.#look.at > this.#deadline) this.#forgetLook();
    if (!this.#look) this.#lookIn(delayMs);
  }

  /** What is awaited, or undefined where it does not come in time; it may be awaited again. */
  async inTime<T>(awaited: Promise<T>, delayMs: number): Promise<T | undefined> {
    let cancel = () => {};
    const tooLate = new Promise<undefined>(
      (resolve) => (cancel = this.#clock.after(delayMs, () => resolve(undefined))),
    );
    // Where it is given up it fails later, when the connection is closed: nobody waits for that.
    awaited.catch(() => {});
    try {
      return await Promise.race([awaited, tooLate]);
    } finally {
      cancel();
    }
  }

  /** Nothing is expected for now. */
  rest(): void {
    this.#deadline = Infinity;
  }

  /** Why it ended, where `thrown` is what came of that. */
  failure(thrown: unknown): ChatError {
    if (this.#caller?.aborted) return new ChatError('aborted', 'The request was given up by this page.');
    if (this.signal.reason !== STALLED) return toChatError(thrown);
    const options = { retryable: true, silenceMs: this.#silenceMs, cause: thrown };
    return new ChatError('stalled', 'The server was silent for too long.', options);
  }

  close(): void {
    this.#forgetLook();
    this.#caller?.removeEventListener('abort', this.#leave);
    this.#controller.abort();
  }

  #lookIn(delayMs: number): void {
    if (delayMs === Infinity) return;
    const at = this.#clock.now() + delayMs;
    const cancel = this.#clock.after(delayMs, () => {
      this.#look = undefined;
      // A timer is a little early at times.
      const leftMs = this.#deadline - Math.max(at, this.#clock.now());
      if (leftMs > 0) this.#lookIn(leftMs);
      else this.#controller.abort(STALLED);
    });
    this.#look = { at, cancel };
  }

  #forgetLook(): void {
    this.#look?.cancel();
    this.#look = undefined;
  }
}
