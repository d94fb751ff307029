import type { ListMarker } from './block-starts.js';
import type { MarkdownSink } from './sink.js';

interface Quote {
  readonly kind: 'blockquote';
}
interface List {
  readonly kind: 'list';
  readonly marker: ListMarker;
}
interface Item {
  readonly kind: 'li';
  /** Columns by which a line must be indented to go on in it. */
  readonly indent: number;
}
/** A block that holds blocks, as a line begins it. */
export type ContainerStart = Quote | List | Item;

export type Container = ContainerStart & {
  /** Number of the last line that put something into it. */
  lastLine: number;
  isEmpty: boolean;
  isLoose: boolean;
  /** In the element that was opened for it. */
  readonly place: unknown;
};

export const areSameList = (one: ListMarker, other: ListMarker): boolean =>
  one.isOrdered === other.isOrdered && one.mark === other.mark;

/** The blocks that are open around the current line, the outermost first. */
export class Containers {
  readonly #sink: MarkdownSink;
  readonly #open: Container[] = [];

  constructor(sink: MarkdownSink) {
    this.#sink = sink;
  }

  get all(): readonly Container[] {
    return this.#open;
  }

  /** Whether a block that begins now is the first of an item. */
  get isNewItem(): boolean {
    const inner = this.#open.at(-1);
    return inner?.kind === 'li' && inner.isEmpty;
  }

  closeDownTo(count: number): void {
    while (this.#open.length > count) {
      this.#open.pop();
      this.#sink.close();
    }
  }

  open(start: ContainerStart, line: number): void {
    if (start.kind !== 'li') this.adopt(line);
    else this.#loosenIfParted(this.#open.length - 1, line);
    this.#openElement(start);
    const place = this.#sink.place();
    // Taken over from the line's plan: to copy it took a third of a long list's time.
    this.#open.push(Object.assign(start, { lastLine: line, isEmpty: true, isLoose: false, place }));
  }

  /** A block begins in the innermost container: a list can only hold items, and blank lines before it make a list loose. */
  adopt(line: number): void {
    if (this.#open.at(-1)?.kind === 'list') this.closeDownTo(this.#open.length - 1);
    const parent = this.#open.at(-1);
    if (!parent) return;
    if (parent.kind === 'li' && !parent.isEmpty && parent.lastLine < line - 1) this.#loosen(this.#open.length - 2);
    parent.isEmpty = false;
  }

  /** The line has put something into the outermost `count` containers. */
  touch(count: number, line: number): void {
    for (const container of this.#open.slice(0, count)) container.lastLine = line;
  }

  #loosenIfParted(index: number, line: number): void {
    const list = this.#open[index];
    if (list && !list.isEmpty && list.lastLine < line - 1) this.#loosen(index);
    if (list) list.isEmpty = false;
  }

  #loosen(index: number): void {
    const list = this.#open[index];
    if (list?.kind !== 'list' || list.isLoose) return;
    list.isLoose = true;
    this.#sink.change(list.place, { ...listAttributes(list.marker), loose: true });
  }

  #openElement(start: ContainerStart): void {
    if (start.kind !== 'list') this.#sink.open(start.kind);
    else this.#sink.open(start.marker.isOrdered ? 'ol' : 'ul', listAttributes(start.marker));
  }
}

const listAttributes = ({ isOrdered, start }: ListMarker) => (isOrdered ? { start } : {});
