import { systemClock } from '../reply/index.js';

/** What is laid out only where it is in view (`content-visibility: auto`). */
const SKIPPING = '.far, .old';

/**
 * Tells when elements have another size. Of those with contents that are laid out only in view, once a frame: where such
 * come into view their sizes become real, others move into view by that, and so on, all in one frame. Who still observes
 * then has the page told of an error ("ResizeObserver loop completed with undelivered notifications", in Firefox and
 * WebKit). So such an element is let go when its size is told, and observed again after the frame.
 */
export class SizeObserver {
  readonly #onResize: () => void;
  readonly #observer = new ResizeObserver((entries) => this.#resized(entries));
  /** The sizes told last of the elements that are observed. */
  readonly #sizes = new Map<Element, string>();

  constructor(onResize: () => void) {
    this.#onResize = onResize;
  }

  /** Also tells the size it has. */
  observe(element: Element): void {
    this.#sizes.set(element, '');
    this.#observer.observe(element);
  }

  disconnect(): void {
    this.#sizes.clear();
    this.#observer.disconnect();
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    const other = entries.filter(({ target, contentRect: { width, height } }) => {
      const size = `${width} ${height}`;
      const isOther = this.#sizes.get(target) !== size;
      this.#sizes.set(target, size);
      return isOther;
    });
    if (other.length === 0) return;
    const skipping = other.map(({ target }) => target).filter((target) => target.querySelector(SKIPPING));
    for (const target of skipping) this.#observer.unobserve(target);
    if (skipping.length > 0) systemClock.after(0, () => this.#observeAgain(skipping));
    this.#onResize();
  }

  #observeAgain(targets: readonly Element[]): void {
    for (const target of targets) if (this.#sizes.has(target)) this.#observer.observe(target);
  }
}
