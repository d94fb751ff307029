/** Time, handed in so that tests own it. Monotonic: a device's clock may jump, a delay may not. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

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
