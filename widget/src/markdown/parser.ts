import { Containers } from './containers.js';
import type { Shared } from './growing-inlines.js';
import { GrowingInlines } from './growing-inlines.js';
import { Heading } from './heading.js';
import type { Leaf } from './leaf.js';
import type { InlineTarget } from './link-syntax.js';
import { CodeBlock, HtmlBlock } from './literal-blocks.js';
import { Paragraph } from './paragraph.js';
import { type Plan, planLine } from './plan-line.js';
import { References } from './references.js';
import type { MarkdownSink } from './sink.js';
import { Table } from './table.js';

export interface MarkdownOptions {
  /** GitHub's tables, check boxes, strikethrough and autolinks beside CommonMark. Default true. */
  readonly gfm?: boolean;
}

/** So many blocks are written anew when a definition comes after them; more stay as they are. */
const MAX_WAITING = 200;
/** A line that is still undecided at this length is looked at again only when it has grown by an eighth. */
const LONG_LINE = 1_024;
const GROWTH = 8;
const LINE_BREAK = /\r\n?|\n/g;

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
  #undecidedLookedAt = 0;
  /** What the current line is, is known: more of it goes to the leaf. */
  #isInLine = false;
  /** The last character was a CR: an LF would belong to it. */
  #endedInCr = false;
  readonly #waiting = new Map<string, (() => void)[]>();
  #waitingCount = 0;
  #due = new Set<() => void>();

  constructor(sink: MarkdownSink, options: MarkdownOptions = {}) {
    this.#shared = { sink, references: new References(), gfm: options.gfm ?? true };
    this.#containers = new Containers(sink);
  }

  /** More of the text, cut anywhere. */
  write(text: string): void {
    let from = this.#endedInCr && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#endedInCr = text.endsWith('\r');
    for (const { 0: mark, index } of text.matchAll(LINE_BREAK)) {
      if (index < from) continue;
      this.#read(text.slice(from, index), false);
      this.#endLine();
      from = index + mark.length;
    }
    if (from < text.length) this.#read(text.slice(from), true);
    this.#leaf?.show();
    this.#writeDue();
  }

  /** The text is over. */
  end(): void {
    if (this.#isInLine || this.#undecided !== '') {
      this.#read('', false);
      this.#endLine();
    }
    this.#closeLeaf();
    this.#containers.closeDownTo(0);
    this.#writeDue();
  }

  /** A piece of the current line; `isCut`: it may go on. */
  #read(piece: string, isCut: boolean): void {
    const text = piece.includes('\0') ? piece.replaceAll('\0', '\ufffd') : piece;
    if (this.#isInLine) {
      this.#leaf?.add(text);
      return;
    }
    this.#undecided += text;
    const { length } = this.#undecided;
    if (isCut && length > LONG_LINE && length < this.#undecidedLookedAt * (1 + 1 / GROWTH)) return;
    this.#undecidedLookedAt = length;
    const plan = planLine(this.#undecided, this.#open, isCut);
    if (!plan) return;
    this.#lineNumber++;
    this.#apply(plan, this.#undecided);
    this.#undecided = '';
    this.#undecidedLookedAt = 0;
    this.#isInLine = true;
  }

  get #open() {
    return { containers: this.#containers.all, leaf: this.#leaf, gfm: this.#shared.gfm };
  }

  #endLine(): void {
    this.#isInLine = false;
    const leaf = this.#leaf;
    if (leaf instanceof Heading || (leaf instanceof HtmlBlock && leaf.isOver)) this.#closeLeaf();
  }

  #closeLeaf(): void {
    this.#leaf?.close();
    this.#leaf = undefined;
  }

  #apply(plan: Plan, text: string): void {
    const { matched, named, opened, start, content } = plan;
    const line = this.#lineNumber;
    const containers = this.#containers;
    if (start.kind === 'more') {
      this.#leaf?.newLine();
      this.#leaf?.add(content);
      return containers.touch(containers.all.length, line);
    }
    if (start.kind === 'underline' || start.kind === 'table') {
      this.#convert(start, text);
      return containers.touch(containers.all.length, line);
    }
    this.#closeLeaf();
    containers.closeDownTo(matched);
    for (const container of opened) containers.open(container, line);
    if (start.kind === 'blank') {
      return containers.touch(opened.length > 0 ? containers.all.length : named, line);
    }
    if (start.kind !== 'fence-end') this.#begin(start, content);
    containers.touch(containers.all.length, line);
  }

  #begin(start: Plan['start'], content: string): void {
    const mayBeTask = this.#shared.gfm && this.#containers.isNewItem;
    this.#containers.adopt(this.#lineNumber);
    const { sink } = this.#shared;
    switch (start.kind) {
      case 'heading':
        this.#leaf = new Heading(this.#shared, start.level, this.#wait);
        break;
      case 'rule':
        sink.open('rule');
        return sink.close();
      case 'fence':
        this.#leaf = new CodeBlock(sink, { mark: start.mark, indent: start.indent, info: content });
        return;
      case 'indented-code':
        this.#leaf = new CodeBlock(sink);
        break;
      case 'html':
        this.#leaf = new HtmlBlock(sink, start.end);
        break;
      default:
        this.#leaf = new Paragraph(this.#shared, { mayBeTask, onDefinition: this.#define, onUnresolved: this.#wait });
    }
    this.#leaf.add(content);
  }

  /** The line makes something else of the paragraph before it. */
  #convert(start: Plan['start'] & { kind: 'underline' | 'table' }, text: string): void {
    const paragraph = this.#leaf;
    if (!(paragraph instanceof Paragraph)) return;
    if (start.kind === 'table') {
      const header = paragraph.lastLine;
      paragraph.withoutLastLine();
      this.#leaf = new Table(this.#shared, header, start.columns, this.#wait);
      return;
    }
    const source = paragraph.resolve();
    if (source !== '') {
      paragraph.rewind();
      this.#leaf = undefined;
      return this.#writeHeading(source, start.level);
    }
    // It held definitions alone: the line stands for itself.
    this.#closeLeaf();
    const plan = planLine(text, this.#open, false);
    if (plan) this.#apply(plan, text);
  }

  #writeHeading(source: string, level: number): void {
    const { sink } = this.#shared;
    sink.open('heading', { level });
    const inlines = new GrowingInlines(this.#shared);
    inlines.add(source);
    inlines.finish();
    sink.close();
    sink.cut();
    if (inlines.unresolved.size > 0) this.#wait(inlines.unresolved, () => inlines.readAgain(source));
  }

  #define = (label: string, target: InlineTarget): void => {
    if (!this.#shared.references.define(label, target)) return;
    for (const again of this.#waiting.get(label) ?? []) this.#due.add(again);
    this.#waiting.delete(label);
  };

  /** A block uses labels that nobody has defined yet. */
  #wait = (labels: ReadonlySet<string>, again: () => void): void => {
    if (++this.#waitingCount > MAX_WAITING) return;
    for (const label of labels) this.#waiting.set(label, [...(this.#waiting.get(label) ?? []), again]);
  };

  #writeDue(): void {
    if (this.#due.size === 0) return;
    const { sink } = this.#shared;
    const here = sink.place();
    for (const again of this.#due) again();
    this.#due.clear();
    sink.goTo(here);
  }
}
