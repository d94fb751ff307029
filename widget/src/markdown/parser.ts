import { Containers } from './containers.js';
import type { Shared } from './growing-inlines.js';
import { Heading } from './heading.js';
import type { Leaf } from './leaf.js';
import { CodeBlock, HtmlBlock } from './literal-blocks.js';
import { Pace } from './pace.js';
import { Paragraph } from './paragraph.js';
import { type LineStart, type Plan, planLine } from './plan-line.js';
import { References } from './references.js';
import { normalizeLabel } from './link-syntax.js';
import type { MarkdownSink } from './sink.js';
import { Table } from './table.js';

export interface MarkdownOptions {
  /** GitHub's tables, check boxes, strikethrough and autolinks beside CommonMark. Default true. */
  readonly gfm?: boolean;
}

/** What definitions that come late may have read again before the end, in lengths of the whole text so far. */
const MAX_TIMES_AGAIN = 2;

/**
 * Reads Markdown as it comes, piece by piece, and writes it into a sink: the same in the end, wherever the text was cut.
 * What is written stays; only the tail of the block that is still open is gone over again. Marks of which it is not
 * known yet what they are, are not shown.
 *
 * ```ts
 * const parser = new MarkdownParser(new DomSink(element));
 * for await (const text of tokens) parser.write(text);
 * parser.end();
 * ```
 *
 * CommonMark 0.31.2, but for its rarer named character references, with raw HTML as text.
 */
export class MarkdownParser {
  readonly #shared: Shared;
  readonly #containers: Containers;
  #leaf: Leaf | undefined;
  #lineNumber = 0;
  /** The current line, as long as it is not known what it is. */
  #undecided = '';
  readonly #pace = new Pace();
  /** What the current line is, is known: more of it goes to the leaf. */
  #isInLine = false;
  /** The last character was a CR: an LF would belong to it. */
  #endedInCr = false;
  #length = 0;

  constructor(sink: MarkdownSink, options: MarkdownOptions = {}) {
    this.#shared = { sink, references: new References(), gfm: options.gfm ?? true };
    this.#containers = new Containers(sink);
  }

  /** More of the text, cut anywhere. */
  write(text: string): void {
    if (text === '') return;
    const lines = linesOf(this.#endedInCr && text.startsWith('\n') ? text.slice(1) : text);
    this.#endedInCr = text.endsWith('\r');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      this.#read(line, false);
      this.#endLine();
    }
    if (last !== '') this.#read(last, true);
    this.#leaf?.show?.();
    this.#length += text.length;
    this.#readDue(MAX_TIMES_AGAIN * this.#length);
  }

  /**
   * The text has sources of these labels: `[label]` cites one, in what was written and in what comes, unless the text itself
   * makes a link of it.
   */
  cite(labels: readonly string[]): void {
    for (const label of labels) this.#shared.references.define(normalizeLabel(`[${label}]`), null);
    this.#readDue(Infinity);
  }

  /** The text is over. */
  end(): void {
    if (this.#isInLine || this.#undecided !== '') {
      this.#read('', false);
      this.#endLine();
    }
    this.#closeLeaf();
    this.#containers.closeTo(0);
    this.#readDue(Infinity);
  }

  /** A piece of the current line; `isCut`: it may go on. */
  #read(piece: string, isCut: boolean): void {
    if (this.#isInLine) return this.#leaf?.add(piece);
    this.#undecided += piece;
    if (isCut && !this.#pace.isDue(this.#undecided.length)) return;
    const plan = this.#plan(this.#undecided, isCut);
    if (!plan) return;
    this.#lineNumber++;
    this.#apply(plan, this.#undecided);
    this.#undecided = '';
    this.#isInLine = true;
  }

  #plan(line: string, isCut: boolean): Plan | undefined {
    return planLine(line, { containers: this.#containers.all, leaf: this.#leaf, gfm: this.#shared.gfm }, isCut);
  }

  #endLine(): void {
    this.#isInLine = false;
    const tag = this.#leaf instanceof Paragraph ? this.#leaf.toHtml() : undefined;
    if (tag !== undefined) {
      this.#leaf = new HtmlBlock(this.#shared.sink);
      this.#leaf.add(tag);
    }
    if (this.#leaf?.isOver) this.#closeLeaf();
  }

  #closeLeaf(): void {
    this.#leaf?.close();
    this.#leaf = undefined;
  }

  #apply({ matched, named, opened, start, content }: Plan, text: string): void {
    const line = this.#lineNumber;
    const containers = this.#containers;
    if (start.kind === 'more') {
      this.#leaf?.newLine?.();
      this.#leaf?.add(content);
    } else if (start.kind === 'underline' || start.kind === 'table') {
      this.#convert(start, text);
    } else {
      this.#closeLeaf();
      containers.closeTo(matched);
      for (const container of opened) containers.open(container, line);
      if (start.kind === 'blank' && opened.length === 0) return containers.touch(named, line);
      this.#begin(start, content);
    }
    containers.touch(containers.all.length, line);
  }

  #begin(start: LineStart, content: string): void {
    if (start.kind === 'blank' || start.kind === 'end') return;
    const mayBeTask = this.#shared.gfm && this.#containers.isNew;
    this.#containers.adopt(this.#lineNumber);
    const { sink } = this.#shared;
    switch (start.kind) {
      case 'rule':
        sink.open('hr');
        return sink.close();
      case 'fence':
        this.#leaf = new CodeBlock(sink, start.mark, start.indent, content);
        return;
      case 'heading':
        this.#leaf = new Heading(this.#shared, start.level);
        break;
      case 'code':
        this.#leaf = new CodeBlock(sink);
        break;
      case 'html':
        this.#leaf = new HtmlBlock(sink, start.isEnd);
        break;
      default:
        this.#leaf = new Paragraph(this.#shared, mayBeTask);
    }
    this.#leaf.add(content);
  }

  /** The line makes something else of the paragraph before it. */
  #convert(start: LineStart & { kind: 'underline' | 'table' }, text: string): void {
    const paragraph = this.#leaf;
    if (!(paragraph instanceof Paragraph)) return;
    this.#leaf = undefined;
    if (start.kind === 'table') {
      this.#leaf = new Table(this.#shared, paragraph.toTable(), start.columns);
    } else if (!paragraph.toHeading(start.level)) {
      // It held definitions alone: the line stands for itself.
      const plan = this.#plan(text, false);
      if (plan) this.#apply(plan, text);
    }
  }

  /** Texts whose labels are defined by now. */
  #readDue(maxLength: number): void {
    const { sink, references } = this.#shared;
    const here = sink.place();
    references.readDue(maxLength);
    sink.goTo(here);
  }
}

/** By any line break, and without U+0000 (CommonMark 0.31.2 §2.1, §2.3). Most pieces have neither. */
const linesOf = (text: string): string[] =>
  /[\0\n\r]/.test(text) ? text.replaceAll('\0', '\ufffd').split(/\r\n?|\n/) : [text];
