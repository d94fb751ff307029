import { keepFirstColumns } from './first-columns.js';
import { SizeObserver } from './size-observer.js';

const REGIONS = 'pre, .drawn, .table';

/**
 * Makes code, drawings and tables that are wider than their place reachable by the keyboard, names them, and has them fade
 * where there is more; such as fit stay out of the tab order (WCAG 2.1.1). Told by a ResizeObserver, after layout, so that
 * reading a width costs nothing; all are read before one is changed. What is not laid out, since it is out of view, is
 * looked at when it comes into view: asking for its width would lay it out.
 */
export class ScrollRegions {
  readonly #container: HTMLElement;
  readonly #names: () => { readonly code: string; readonly table: string };
  readonly #growth = new SizeObserver(() => this.#look(this.#changed().flatMap(regionsIn)));
  /** Of what was not laid out: tells once that it is. */
  readonly #layout = new ResizeObserver((entries) => this.#laidOut(entries.map(({ target }) => target)));
  #width = 0;
  /** The last block when they were looked at last. */
  #last: Element | undefined;

  constructor(container: HTMLElement, names: () => { readonly code: string; readonly table: string }) {
    this.#container = container;
    this.#names = names;
    keepFirstColumns(container);
  }

  connect(): void {
    this.#growth.observe(this.#container);
    // Caught on its way down: in Firefox and WebKit it does not bubble.
    this.#container.addEventListener('contentvisibilityautostatechange', this.#cameIntoView, true);
    // It does not bubble anywhere.
    this.#container.addEventListener('scroll', this.#scrolled, true);
  }

  disconnect(): void {
    this.#growth.disconnect();
    this.#layout.disconnect();
    this.#container.removeEventListener('contentvisibilityautostatechange', this.#cameIntoView, true);
    this.#container.removeEventListener('scroll', this.#scrolled, true);
  }

  /** Stands in the place of code since now: looked at after the next layout. */
  add(drawing: Element): void {
    this.#layout.observe(drawing);
  }

  /** Comes in the middle of a frame's work: looked at after the next layout. */
  #cameIntoView = (event: Event): void => {
    const { target } = event;
    if (!(target instanceof Element) || ('skipped' in event && event.skipped === true)) return;
    for (const region of regionsIn(target)) this.#layout.observe(region);
  };

  #scrolled = ({ target }: Event): void => {
    if (target instanceof Element && target.matches(REGIONS)) this.#look([target]);
  };

  #laidOut(regions: readonly Element[]): void {
    for (const region of regions) this.#layout.unobserve(region);
    this.#look(regions);
  }

  #look(regions: readonly Element[]): void {
    const shown = regions.filter((region) => region.checkVisibility({ contentVisibilityAuto: true }));
    const beyond = shown.map((region) => {
      const { scrollWidth, clientWidth, scrollLeft } = region;
      return [region, scrollWidth - clientWidth, scrollLeft] as const;
    });
    for (const [region, width, scrolled] of beyond) {
      fade(region, width, scrolled);
      this.#update(region, width > 0);
    }
  }

  /** Blocks that may be wider now than their place: while a text grows, only what came since, and the last one before. */
  #changed(): readonly Element[] {
    const { clientWidth, lastElementChild, children } = this.#container;
    const first = clientWidth === this.#width && this.#last?.parentElement === this.#container ? this.#last : undefined;
    this.#width = clientWidth;
    this.#last = lastElementChild ?? undefined;
    if (!first) return [...children];
    const blocks = [];
    for (let block: Element | null = first; block; block = block.nextElementSibling) blocks.push(block);
    return blocks;
  }

  #update(region: Element, scrolls: boolean): void {
    if (scrolls === region.hasAttribute('tabindex')) return;
    const { code, table } = this.#names();
    for (const [attribute, value] of [
      ['tabindex', '0'],
      // No `region`: a landmark's name must be unique (axe: landmark-unique), and a reply may have ten tables.
      ['role', 'group'],
      ['aria-label', region.matches('.table') ? table : code],
    ] as const) {
      if (scrolls) region.setAttribute(attribute, value);
      else region.removeAttribute(attribute);
    }
  }
}

/** Where there is more beyond the end of what is scrolled, of so many pixels beyond its width, it fades. */
export function fade(region: Element, beyond: number, scrolled: number): void {
  // At the end, there may be a pixel between them: widths are rounded.
  region.classList.toggle('more', beyond - Math.abs(scrolled) > 1);
}

function regionsIn(block: Element): readonly Element[] {
  // Most of what grows are paragraphs, and each write asks: they are not searched.
  if (block.localName === 'p') return [];
  const inside = [...block.querySelectorAll(REGIONS)];
  return block.matches('.table') ? [block, ...inside] : inside;
}
