import { systemClock } from '../reply/index.js';

/** Words that did not come for so many milliseconds rest. */
const RESTING_MS = 700;

/**
 * Marks the block that grows, the last one, so that a caret stands behind its last words; and whether they rest for a
 * while, so that it may show that the reply is alive. While words come they show that themselves, and an animation at
 * their end begins anew with every block and is styled in every frame: a fifth of what a streaming reply costs.
 *
 * That block alone is marked, not the message: to style all others anew when a reply is over took longer than anything
 * else it does (30 of 45 ms for 32 KB at a quarter of the speed).
 */
export class Caret {
  readonly #container: HTMLElement;
  #block: Element | null = null;
  /** The block of code that ended last. */
  #passed: Element | null = null;
  #cameAt = 0;
  #cancel: (() => void) | undefined;
  #isResting = false;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** A block of code has ended. Behind its last line's end a caret would take a line of its own, for the time being. */
  passed(code: Element): void {
    this.#passed = code.closest('.code');
  }

  /** Words came, and more may. */
  came(): void {
    this.#cameAt = systemClock.now();
    this.#show(this.#last, false);
    // One timer looks now and then: setting one anew with each write would cost more.
    if (!this.#cancel) this.#lookIn(RESTING_MS);
  }

  /** No more come for now. */
  stay(): void {
    this.#forget();
    this.#show(this.#last, false);
  }

  /** No more come, or nobody sees them. */
  end(): void {
    this.#forget();
    this.#show(null, false);
  }

  get #last(): Element | null {
    const last = this.#container.lastElementChild;
    return last === this.#passed ? null : last;
  }

  #forget(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #lookIn(delayMs: number): void {
    this.#cancel = systemClock.after(delayMs, () => {
      this.#cancel = undefined;
      const leftMs = this.#cameAt + RESTING_MS - systemClock.now();
      if (leftMs > 0) this.#lookIn(leftMs);
      else this.#show(this.#block, true);
    });
  }

  /** To take a class away that is not there still writes the attribute: 4 % of what a streaming reply costs. */
  #show(block: Element | null, isResting: boolean): void {
    if (block === this.#block && isResting === this.#isResting) return;
    this.#block?.classList.remove('growing', 'resting');
    // Nothing is left behind.
    if (this.#block?.className === '') this.#block.removeAttribute('class');
    block?.classList.add('growing');
    if (isResting) block?.classList.add('resting');
    this.#block = block;
    this.#isResting = isResting;
  }
}
