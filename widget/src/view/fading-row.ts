import { noChange } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive, type ElementPart } from 'lit/directive.js';
import { fade } from './scroll-regions.js';
import { SizeObserver } from './size-observer.js';

/** As wide as what fades, in pixels, and a focus ring. */
const FADE = 32;

/** On a row that is scrolled: has it fade at its end where there is more of it. */
class FadingRow extends AsyncDirective {
  readonly #size = new SizeObserver(() => this.#look());
  #row: Element | undefined;

  render(): unknown {
    return noChange;
  }

  override update({ element }: ElementPart): unknown {
    this.#row = element;
    element.addEventListener('scroll', this.#look);
    element.addEventListener('focusin', this.#focused);
    // What stands in it now may be wider: looked at after the next layout.
    this.disconnected();
    this.reconnected();
    return noChange;
  }

  override disconnected(): void {
    this.#size.disconnect();
  }

  override reconnected(): void {
    if (this.#row) this.#size.observe(this.#row);
  }

  #look = (): void => {
    if (!this.#row) return;
    const { scrollWidth, clientWidth, scrollLeft } = this.#row;
    fade(this.#row, scrollWidth - clientWidth, scrollLeft);
  };

  /** What gets the focus comes out of what fades (WCAG 2.4.11). WebKit has no regard for `scroll-padding` here. */
  #focused = ({ target }: Event): void => {
    if (!(target instanceof Element) || !this.#row) return;
    const [item, row] = [target.getBoundingClientRect(), this.#row.getBoundingClientRect()];
    const isFromRight = getComputedStyle(this.#row).direction === 'rtl';
    this.#row.scrollLeft += isFromRight
      ? Math.min(0, item.left - FADE - row.left)
      : Math.max(0, item.right + FADE - row.right);
  };
}

export const fadingRow = directive(FadingRow);
