import type { Clock, Connectivity, ConnectivityChange } from './clock.js';

/** Silence after which a line counts as dead where no promise is known: a resumed reply's `start` came before. */
const UNKNOWN_HEARTBEAT_MS = 30_000;

/**
 * Ends connections that only look alive. A stream is given up when the page is left (an open request would keep it out
 * of the back/forward cache), when the network came back (the old line is another network's), and when the page is shown
 * again after the line was silent for longer than its server promised. Each time the reply is to be resumed at once, and
 * nothing has failed.
 */
export class Liveness {
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  #connection = new AbortController();
  #heardAt = 0;
  /** What the server promised, in milliseconds. */
  heartbeatMs = UNKNOWN_HEARTBEAT_MS;
  /** Whether a connection may be given up: the reply can be resumed on a new one. */
  isRenewable = false;
  #wasRenewed = false;
  #isLeft = false;
  #comeBack: () => void = () => {};

  constructor(clock: Clock, connectivity: Connectivity) {
    this.#clock = clock;
    this.#unsubscribe = connectivity.subscribe((change) => this.#notice(change));
  }

  /** The signal of the next connection, which also ends with `run`. */
  begin(run: AbortSignal): AbortSignal {
    this.#connection = new AbortController();
    this.#wasRenewed = false;
    this.#heardAt = this.#clock.now();
    return AbortSignal.any([run, this.#connection.signal]);
  }

  /** Something came, be it a heartbeat. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  /** The connection was given up on purpose: what it ended with is no failure. */
  get wasRenewed(): boolean {
    return this.#wasRenewed;
  }

  /** Resolves at once, or when a page that was left is back. */
  async untilBack(run: AbortSignal): Promise<void> {
    if (!this.#isLeft || run.aborted) return;
    await new Promise<void>((resolve) => {
      this.#comeBack = () => {
        run.removeEventListener('abort', this.#comeBack);
        resolve();
      };
      run.addEventListener('abort', this.#comeBack);
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#comeBack();
  }

  #notice(change: ConnectivityChange): void {
    switch (change) {
      case 'left':
        this.#isLeft = true;
        return this.#renew();
      case 'offline':
        return;
      case 'shown':
        this.#back();
        if (this.#clock.now() - this.#heardAt > this.heartbeatMs) this.#renew();
        return;
      case 'online':
      case 'restored':
        this.#back();
        return this.#renew();
    }
  }

  #back(): void {
    this.#isLeft = false;
    this.#comeBack();
  }

  #renew(): void {
    if (!this.isRenewable) return;
    this.#wasRenewed = true;
    this.#connection.abort();
  }
}
