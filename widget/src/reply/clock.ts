/** Time, handed in so that tests own it. Monotonic: a device's clock may jump, a delay may not. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Timers count in 31 bits: with a longer delay they would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The browser's own time. */
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

/**
 * What changes for a page: the network comes or goes; the page is shown, or its device wakes up; it is left, perhaps for
 * the back/forward cache; and it is back from there.
 */
export type ConnectivityChange = 'online' | 'offline' | 'shown' | 'left' | 'restored';

/** What the page knows of its network and of itself. */
export interface Connectivity {
  readonly online: boolean;
  /** Calls `listener` at each change; returns the way to end that. */
  subscribe(listener: (change: ConnectivityChange) => void): () => void;
}

/** Where there is no page to ask, e.g. in Node. */
export const alwaysOnline: Connectivity = { online: true, subscribe: () => () => {} };
