import { systemClock } from '../reply/index.js';

/** Words that did not come for so many milliseconds rest. */
const RESTING_MS = 700;

/**
 * Marks a text whose words rest for a while, so that its caret may show that the reply is alive. While words come they
 * show that themselves, and an animation at their end begins anew with every block and is styled in every frame: a fifth
 * of what a streaming reply costs.
 */
export class RestingWords {
  readonly #container: HTMLElement;
  #cameAt = 0;
  #cancel: (() => void) | undefined;
  #isResting = false;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Words came, and more may. */
  came(): void {
    this.#cameAt = systemClock.now();
    this.#rest(false);
    // One timer looks now and then: setting one anew with each write would cost more.
    if (!this.#cancel) this.#lookIn(RESTING_MS);
  }

  /** No more come, or nobody sees them. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#rest(false);
  }

  #lookIn(delayMs: number): void {
    this.#cancel = systemClock.after(delayMs, () => {
      this.#cancel = undefined;
      const leftMs = this.#cameAt + RESTING_MS - systemClock.now();
      if (leftMs > 0) this.#lookIn(leftMs);
      else this.#rest(true);
    });
  }

  /** To take a class away that is not there still writes the attribute: 4 % of what a streaming reply costs. */
  #rest(isResting: boolean): void {
    if (isResting === this.#isResting) return;
    this.#isResting = isResting;
    this.#container.classList.toggle('resting', isResting);
  }
}
