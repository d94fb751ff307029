import type { Refusal } from '../http/limits.js';

interface OpenStreamsOptions {
  readonly perAddress: number;
  readonly inAll: number;
}

/** When to come again: a stream may end at any moment. */
const RETRY_AFTER_MS = 2_000;

/** How many answers are open in this process, and to whom. Who has none is not remembered. */
export class OpenStreams {
  readonly #options: OpenStreamsOptions;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  get addresses(): number {
    return this.#byAddress.size;
  }

  /** Counts one in; the returned function counts it out, once. */
  open(key: string): Refusal | (() => void) {
    const { perAddress, inAll } = this.#options;
    const own = this.#byAddress.get(key) ?? 0;
    if (own >= perAddress) {
      const detail = `There are ${own} open streams from this address; at most ${perAddress} are served at once.`;
      return { code: 'rate_limited', detail, retryAfterMs: RETRY_AFTER_MS };
    }
    if (this.#count >= inAll) {
      const detail = 'There are as many open streams as are served at once. Try again in a moment.';
      return { code: 'overloaded', detail, retryAfterMs: RETRY_AFTER_MS };
    }
    this.#byAddress.set(key, own + 1);
    this.#count++;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#count--;
      const left = (this.#byAddress.get(key) ?? 1) - 1;
      if (left > 0) this.#byAddress.set(key, left);
      else this.#byAddress.delete(key);
    };
  }
}
