import { GrowingInlines, type Shared } from './growing-inlines.js';
import type { Leaf } from './leaf.js';
import { Pace } from './pace.js';
import { definitionAt } from './references.js';

/**
 * What may be a table's header, or a definition, and is longer, is shown: where it is one all the same, it is taken back.
 * Of 4,815 definitions in 1,162 files of Markdown none had more than 182 characters, and no label more than 49.
 */
const LONGEST_HELD = 200;
const LONGEST_LABEL = 60;
const LONGEST_HEADER = 1_000;
const TASK = /^\[([ xX])\](?=\s)/;

/**
 * A paragraph, as long as it does not turn out to be definitions, a heading or the header of a table. What may well
 * become a definition or such a header is held back.
 */
export class Paragraph implements Leaf {
  readonly #shared: Shared;
  readonly #mayBeTask: boolean;
  readonly #before: unknown;
  #inlines: GrowingInlines | undefined;
  /** What is not written yet: a beginning with `[`, which may define something, or a line that may be a table's header. */
  #held = '';
  #mayDefine: boolean | undefined;
  /** So long the last line may be, and be held: a cell of a header is short. */
  #cellEnd = 0;
  readonly #pace = new Pace();
  #lastLine = '';
  /** The mark of a check box, taken off the text. */
  #task = '';

  /** `mayBeTask`: it is the first block of an item, and may begin with a check box. */
  constructor(shared: Shared, mayBeTask: boolean) {
    this.#shared = shared;
    this.#mayBeTask = mayBeTask;
    this.#before = shared.sink.place();
  }

  /** What the next line may make a table's header. */
  get lastLine(): string {
    return this.#lastLine;
  }

  add(text: string): void {
    const pipe = text.indexOf('|');
    if (pipe > 0) {
      this.add(text.slice(0, pipe));
      return this.add(text.slice(pipe));
    }
    this.#mayDefine ??= text.startsWith('[');
    this.#lastLine += text;
    this.#held += text;
    const { length } = this.#lastLine;
    if (pipe === 0 && length < LONGEST_HEADER) this.#cellEnd = length + longestCell(this.#lastLine);
    if (!this.#mayDefine && length >= this.#cellEnd) this.#release();
  }

  newLine(): void {
    if (this.#inlines || this.#held) this.#held += '\n';
    this.#lastLine = '';
    this.#cellEnd = 0;
    if (!this.#mayDefine) this.#release();
  }

  show(): void {
    if (this.#mayDefine && this.#pace.isDue(this.#held.length)) this.#define(true);
    this.#inlines?.show();
    if (this.#held) this.#shared.isHolding = true;
  }

  close(): void {
    this.#resolve();
    this.#inlines?.finish();
  }

  /** It holds more than definitions. */
  get hasText(): boolean {
    this.#resolve();
    return this.#inlines !== undefined;
  }

  /** Leaves its last line, the answer, to a table. */
  toTable(): string {
    const header = this.#lastLine.trimEnd();
    const text = this.takeBack();
    const kept = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd();
    if (kept) {
      this.#inlines = undefined;
      this.add(kept);
      this.close();
    }
    return header;
  }

  /** Goes back to where it began; its text without the definitions. */
  takeBack(): string {
    this.#resolve();
    this.#remove();
    return this.#task + (this.#inlines?.takeBack().trimEnd() ?? '');
  }

  #remove(): void {
    this.#shared.sink.goTo(this.#before);
    this.#shared.sink.cut();
  }

  #resolve(): void {
    if (this.#mayDefine) this.#define(false);
    this.#release();
  }

  #release(): void {
    if (!this.#inlines && !this.#held) return;
    this.#inlines ??= this.#begin();
    this.#inlines.add(this.#held);
    this.#held = '';
  }

  #begin(): GrowingInlines {
    const { sink } = this.#shared;
    sink.goTo(this.#before);
    sink.open('p');
    const task = this.#mayBeTask ? TASK.exec(this.#held) : null;
    if (task) {
      sink.open('input', { checked: task[1] !== ' ' });
      sink.close();
      this.#task = task[0];
      this.#held = this.#held.slice(this.#task.length);
    }
    return new GrowingInlines(this.#shared);
  }

  #define(isCut: boolean): void {
    let found = definitionAt(this.#held, isCut);
    for (; found; found = definitionAt(this.#held, isCut)) {
      this.#shared.references.define(found.label, found);
      this.#remove();
      this.#held = this.#held.slice(found.end);
    }
    if (isCut && (found === null || this.#held === '')) return this.#try();
    this.#mayDefine = false;
    this.#release();
  }

  /** Shows what may define something as if it did not: it is written anew as soon as that is known. */
  #try(): void {
    const text = this.#held;
    if (text.length <= (text.includes(']') ? LONGEST_HELD : LONGEST_LABEL)) return;
    const inlines = this.#begin();
    inlines.add(text);
    inlines.show();
    inlines.takeBack();
  }
}

/** Prose and code have pipes, too: of what does not begin with one, little is held. */
const longestCell = (line: string): number =>
  line.startsWith('|') ? LONGEST_HELD : /^[^|]*`/.test(line) ? 0 : LONGEST_LABEL;
