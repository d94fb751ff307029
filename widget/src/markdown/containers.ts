import type { ElementAttributes, MarkdownSink } from './sink.js';

/** A block that holds blocks, as a line begins it. */
export interface ContainerStart {
  readonly kind: 'blockquote' | 'ul' | 'ol' | 'li';
  readonly attributes?: ElementAttributes;
  /** Of a list: the character that sets it apart, `-`, `+`, `*`, `.` or `)`. */
  readonly mark?: string;
  /** Of an item: columns by which a line must be indented to go on in it. */
  readonly indent?: number;
}

export type Container = ContainerStart & {
  /** Number of the last line that put something into it. */
  lastLine: number;
  isEmpty: boolean;
  isLoose: boolean;
  /** In the element that was opened for it. */
  readonly place: unknown;
};

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

  closeTo(count: number): void {
    while (this.#open.length > count) {
      this.#open.pop();
      this.#sink.close();
    }
  }

  open(start: ContainerStart, line: number): void {
    if (start.kind === 'li') this.#fill(line, 1);
    else this.adopt(line);
    this.#sink.open(start.kind, start.attributes);
    const place = this.#sink.place();
    // Taken over from the line's plan: to copy it took a third of a long list's time.
    this.#open.push(Object.assign(start, { lastLine: line, isEmpty: true, isLoose: false, place }));
  }

  /**
   * A block begins in the innermost container: a list can only hold items, and blank lines before it make a list loose.
   * Whether it is the first of an item.
   */
  adopt(line: number): boolean {
    if (this.#open.at(-1)?.mark) this.closeTo(this.#open.length - 1);
    return this.#fill(line, 2);
  }

  /** The line has put something into the outermost `count` containers. */
  touch(count: number, line: number): void {
    for (const container of this.#open.slice(0, count)) container.lastLine = line;
  }

  /** Something begins in the innermost: behind a blank line that loosens the list, which is so many steps from inside. */
  #fill(line: number, steps: number): boolean {
    const inner = this.#open.at(-1);
    if (!inner) return false;
    const list = this.#open.at(-steps);
    if (list?.mark && !list.isLoose && !inner.isEmpty && inner.lastLine < line - 1) {
      list.isLoose = true;
      this.#sink.change(list.place, { ...list.attributes, loose: true });
    }
    const isFirst = inner.kind === 'li' && inner.isEmpty;
    inner.isEmpty = false;
    return isFirst;
  }
}
