import { GrowingInlines, type Shared } from './growing-inlines.js';
import type { Leaf } from './leaf.js';
import { Pace } from './pace.js';

/**
 * A closing sequence of `#`, or what may become one (CommonMark 0.31.2 §4.2), with the character before it. What follows
 * the blanks must be there, or the end: else each of many blanks would be tried as the first.
 */
const CLOSING = /([^ \t]|^)[ \t]+(?:#+[ \t]*)?$/;
const ONLY_CLOSING = /^#*[ \t]*$/;

/** A heading that begins with `#`. */
export class Heading implements Leaf {
  readonly isOver = true;
  readonly #inlines: GrowingInlines;
  readonly #pace = new Pace();
  #held = '';

  constructor(shared: Shared, level: number) {
    shared.sink.open('heading', { level });
    this.#inlines = new GrowingInlines(shared);
  }

  add(text: string): void {
    this.#held += text;
  }

  show(): void {
    if (this.#pace.isDue(this.#held.length)) this.#release();
    this.#inlines.show();
  }

  close(): void {
    this.#release();
    this.#inlines.finish();
  }

  #release(): void {
    // The blanks after the opening sequence are none of the heading's.
    const isStart = this.#inlines.length === 0;
    const line = isStart ? this.#held.trimStart() : this.#held;
    const shown = isStart && ONLY_CLOSING.test(line) ? '' : line.replace(CLOSING, '$1');
    this.#inlines.add(shown);
    this.#held = line.slice(shown.length);
  }
}

/** A heading whose text came before it was known to be one. */
export function writeHeading(shared: Shared, source: string, level: number): undefined {
  shared.sink.open('heading', { level });
  const inlines = new GrowingInlines(shared);
  inlines.add(source);
  inlines.finish();
}
