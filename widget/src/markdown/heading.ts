import { GrowingInlines, type Shared } from './growing-inlines.js';
import type { Leaf } from './leaf.js';

/** A closing sequence of `#`, or what may become one (CommonMark 0.31.2 §4.2). */
const CLOSING = /[ \t]+#*[ \t]*$/;
const ONLY_CLOSING = /^#*[ \t]*$/;

/** A heading that begins with `#`. */
export class Heading implements Leaf {
  readonly isOver = true;
  readonly #inlines: GrowingInlines;
  #held = '';

  constructor(shared: Shared, level: number) {
    shared.sink.open('heading', { level });
    this.#inlines = new GrowingInlines(shared);
  }

  add(text: string): void {
    // The blanks after the opening sequence are none of the heading's.
    const line = this.#inlines.length === 0 ? (this.#held + text).trimStart() : this.#held + text;
    const isOnlyClosing = this.#inlines.length === 0 && ONLY_CLOSING.test(line);
    const shown = isOnlyClosing ? '' : line.replace(CLOSING, '');
    this.#inlines.add(shown);
    this.#held = line.slice(shown.length);
  }

  show(): void {
    this.#inlines.show();
  }

  close(): void {
    this.#inlines.finish();
  }
}
