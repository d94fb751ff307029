/** Time, handed in so that tests own it. Monotonic: a device's clock may jump, a delay may not. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Timers count in 31 bits: with a longer delay they would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when the signal aborts; never rejects and leaves no listener behind. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/** What the page knows of its network and its own visibility. */
export interface Connectivity {
  readonly online: boolean;
  /**
   * Calls `wake` when trying at once is worth it: the network came back, the page is shown again. And when the network
   * went. Returns the way to end that.
   */
  subscribe(wake: () => void): () => void;
}

/** Where there is no page to ask, e.g. in Node. */
export const alwaysOnline: Connectivity = { online: true, subscribe: () => () => {} };
