/**
 * Makes code and tables that are wider than their place reachable by the keyboard, and names them; such as fit stay out of
 * the tab order (WCAG 2.1.1). Told by a ResizeObserver, after layout, so that reading a width costs nothing. What is not
 * laid out, since it is out of view, is looked at when it comes into view: asking for its width would lay it out.
 */
export class ScrollRegions {
  readonly #container: HTMLElement;
  readonly #names: () => { readonly code: string; readonly table: string };
  readonly #observer = new ResizeObserver(() => this.#look());
  #width = 0;
  /** The last block that was looked at. */
  #last: Element | null = null;

  constructor(container: HTMLElement, names: () => { readonly code: string; readonly table: string }) {
    this.#container = container;
    this.#names = names;
  }

  connect(): void {
    this.#observer.observe(this.#container);
    this.#container.addEventListener('contentvisibilityautostatechange', this.#laidOut);
  }

  disconnect(): void {
    this.#observer.disconnect();
    this.#container.removeEventListener('contentvisibilityautostatechange', this.#laidOut);
  }

  #laidOut = ({ target }: Event): void => {
    if (target instanceof Element) this.#lookAt(target);
  };

  #look(): void {
    const { clientWidth, firstElementChild, lastElementChild } = this.#container;
    // While a text grows, what stands before the block that was its last cannot change.
    const isSame = clientWidth === this.#width && this.#last?.parentNode === this.#container;
    this.#width = clientWidth;
    for (let block = isSame ? this.#last : firstElementChild; block; block = block.nextElementSibling)
      this.#lookAt(block);
    this.#last = lastElementChild;
  }

  #lookAt(block: Element): void {
    if (!block.checkVisibility({ contentVisibilityAuto: true })) return;
    const { code, table } = this.#names();
    for (const region of [block, ...block.querySelectorAll('pre, .table')]) {
      if (region.matches('pre')) this.#update(region, code);
      else if (region.matches('.table')) this.#update(region, table);
    }
  }

  #update(region: Element, name: string): void {
    const scrolls = region.scrollWidth > region.clientWidth;
    if (scrolls === region.hasAttribute('tabindex')) return;
    for (const [attribute, value] of [
      ['tabindex', '0'],
      ['role', 'region'],
      ['aria-label', name],
    ] as const) {
      if (scrolls) region.setAttribute(attribute, value);
      else region.removeAttribute(attribute);
    }
  }
}
