/** Marks a token; none of the servers writes it elsewhere, so readers count tokens by it. */
export const MARK = '~';

/** A token as a model sends it: its mark, and the time it came, so that a reader can tell how late it is. 14 bytes. */
export const token = () => `${MARK}${Date.now()}`;

/**
 * Stands for the models: one timer for all, which gives each of its streams a token every `intervalMs`, spread over as
 * many slots. What the tokens come from costs next to nothing, and the same for every server.
 */
export class Upstream {
  #slots;
  #next = 0;
  #timer;

  /** @param {number} intervalMs 0: silent */
  constructor(intervalMs) {
    const count = Math.max(1, Math.min(20, intervalMs / 5));
    this.#slots = Array.from({ length: count }, () => new Set());
    if (intervalMs === 0) return;
    const slotMs = intervalMs / count;
    const since = performance.now();
    let turn = 0;
    // A timer comes late, and what it missed is made good.
    this.#timer = setInterval(() => {
      for (; turn * slotMs <= performance.now() - since; turn++) for (const give of this.#slots[turn % count]) give();
    }, slotMs);
  }

  /** Calls `give` for each token; returns the way to end that. */
  subscribe(give) {
    const slot = this.#slots[this.#next++ % this.#slots.length];
    slot?.add(give);
    return () => slot?.delete(give);
  }

  close() {
    clearInterval(this.#timer);
  }
}
