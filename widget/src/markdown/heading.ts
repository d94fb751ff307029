import { GrowingInlines, type Shared } from './growing-inlines.js';
import type { Leaf } from './leaf.js';

/** A closing sequence of `#`, or what may become one (CommonMark 0.31.2 §4.2). */
const CLOSING = /[ \t]+#*[ \t]*$/;
const ONLY_CLOSING = /^#*[ \t]*$/;

/** A heading that begins with `#`. */
export class Heading implements Leaf {
  readonly #shared: Shared;
  readonly #inlines: GrowingInlines;
  readonly #onUnresolved: (labels: ReadonlySet<string>, again: () => void) => void;
  #held = '';

  constructor(shared: Shared, level: number, onUnresolved: (labels: ReadonlySet<string>, again: () => void) => void) {
    this.#shared = shared;
    this.#onUnresolved = onUnresolved;
    shared.sink.open('heading', { level });
    this.#inlines = new GrowingInlines(shared);
  }

  add(text: string): void {
    const line = this.#held + text;
    // The blanks after the opening sequence are none of the heading's.
    const start = this.#inlines.isEmpty ? line.length - line.trimStart().length : 0;
    const content = line.slice(start);
    const isOnlyClosing = this.#inlines.isEmpty && ONLY_CLOSING.test(content);
    const held = isOnlyClosing ? content.length : (CLOSING.exec(content)?.[0].length ?? 0);
    this.#inlines.add(line.slice(start, line.length - held));
    this.#held = held === 0 ? '' : line.slice(-held);
  }

  newLine(): void {}

  show(): void {
    this.#inlines.show();
  }

  close(): void {
    this.#inlines.finish();
    this.#shared.sink.close();
    const { source, unresolved } = this.#inlines;
    if (unresolved.size > 0) this.#onUnresolved(unresolved, () => this.#inlines.readAgain(source));
  }
}
