import { unescapeText } from './entities.js';
import type { Leaf } from './leaf.js';
import type { MarkdownSink } from './sink.js';

/** A block of code, fenced or indented: every line goes out as it comes. */
export class CodeBlock implements Leaf {
  readonly #sink: MarkdownSink;
  /** Undefined for an indented block. */
  readonly fence: string | undefined;
  /** How far the fence is indented: so many columns are taken off each line. */
  readonly indent: number;
  /** Line breaks, and blanks in a blank line, that count only if code follows: an indented block ends with its code. */
  #held = '';
  /** Of the current line. */
  #isBlank = true;
  /** What the end of a line adds: nothing as long as no code can come, or none has come that is indented. */
  #lineBreak = '';
  /** What came since the last time: many lines are written at once. */
  #unwritten = '';

  /** `info`: what stands behind the fence. */
  constructor(sink: MarkdownSink, fence?: string, indent = 0, info = '') {
    this.#sink = sink;
    this.fence = fence;
    this.indent = indent;
    const [language = ''] = unescapeText(info.trim()).split(/\s+/);
    sink.open('pre', { language });
  }

  add(text: string): void {
    this.#isBlank &&= text.trim() === '';
    if (this.fence === undefined && this.#isBlank) {
      this.#held += text;
      return;
    }
    this.#unwritten += this.#held + text;
    this.#held = '';
    this.#lineBreak = '\n';
  }

  newLine(): void {
    this.#isBlank = true;
    if (this.fence === undefined) this.#held += this.#lineBreak;
    else {
      this.#unwritten += this.#lineBreak;
      this.#lineBreak = '\n';
    }
  }

  show(): void {
    if (this.#unwritten) this.#sink.text(this.#unwritten);
    this.#unwritten = '';
  }

  close(): void {
    this.#unwritten += this.#lineBreak;
    this.show();
    this.#sink.close();
  }
}

/** Raw HTML: shown as the text it is. */
export class HtmlBlock implements Leaf {
  readonly #sink: MarkdownSink;
  /** What the last line of the block holds; null: a blank line ends it. */
  readonly end: RegExp | null;
  #line = '';

  constructor(sink: MarkdownSink, end: RegExp | null) {
    this.#sink = sink;
    this.end = end;
    sink.open('html');
  }

  /** The current line ends the block. */
  get isOver(): boolean {
    return this.end !== null && this.#line.search(this.end) >= 0;
  }

  add(text: string): void {
    this.#line += text;
    this.#sink.text(text);
  }

  newLine(): void {
    this.#line = '';
    this.#sink.text('\n');
  }

  close(): void {
    this.#sink.close();
  }
}
