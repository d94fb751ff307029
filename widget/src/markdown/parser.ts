import { Containers } from './containers.js';
import type { Shared } from './growing-inlines.js';
import { isTagAlone } from './html-syntax.js';
import type { Leaf } from './leaf.js';
import { HtmlBlock } from './literal-blocks.js';
import { Pace } from './pace.js';
import { Paragraph } from './paragraph.js';
import { type Plan, planLine } from './plan-line.js';
import { References } from './references.js';
import { normalizeLabel } from './link-syntax.js';
import type { MarkdownSink } from './sink.js';

export interface MarkdownOptions {
  /** GitHub's tables, check boxes, strikethrough and autolinks beside CommonMark. Default true. */
  readonly gfm?: boolean;
}

/** How a text ends. */
export interface EndOptions {
  /**
   * The text was stopped, or broke off. What was not shown yet, since more could have made something else of it, is
   * shown; bold text, code or a link that broke off in its address stays as it is shown, and a mark at the very end is
   * left out.
   * Default false: the text is whole, so a mark that was not closed is text.
   */
  readonly isCutShort?: boolean;
}

/** A character that is passed over: a byte order mark at the very beginning, an LF whose CR has come. */
const PASSED = /^(?:\ufeff$|\r\n)/;
/** What a line says beside its marks. */
const WORDS = /[^\s>*_~`#=+-]/;
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
  /** The leaf began with the current line. */
  #isFirstLine = false;
  /** The last character that came. */
  #last = '';
  #length = 0;

  constructor(sink: MarkdownSink, options: MarkdownOptions = {}) {
    this.#shared = {
      sink,
      references: new References(),
      gfm: options.gfm ?? true,
      isHolding: false,
      isCutShort: false,
    };
    this.#containers = new Containers(sink);
  }

  /**
   * More of the text, cut anywhere.
   * @throws {TypeError} where it is no string; what was written stays, and more can be.
   */
  write(text: string): void {
    if (typeof text !== 'string') throw new TypeError(`${String(text)} is no text. Give write() a string.`);
    if (!text) return;
    const isPassed = PASSED.test(this.#last + text.charAt(0));
    const lines = linesOf(text.slice(isPassed ? 1 : 0));
    this.#last = text.slice(-1);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      this.#read(line, false);
      this.#endLine();
    }
    if (last) this.#read(last, true);
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

  /** Of what was written, something is not shown, since more could make something else of it. */
  get isHolding(): boolean {
    return this.#undecided !== '' || this.#shared.isHolding;
  }

  /** The text is over; nothing can be written any more. */
  end({ isCutShort = false }: EndOptions = {}): void {
    this.#shared.isCutShort = isCutShort;
    if (isCutShort && !WORDS.test(this.#undecided)) this.#undecided = '';
    if (this.#isInLine || this.#undecided) {
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
    const plan = planLine(this.#undecided, this.#containers.all, this.#leaf, this.#shared.gfm, isCut);
    if (!plan) return;
    this.#lineNumber++;
    this.#apply(plan);
    this.#undecided = '';
    this.#isInLine = true;
  }

  #endLine(): void {
    this.#isInLine = false;
    const leaf = this.#leaf;
    if (this.#isFirstLine && leaf instanceof Paragraph && isTagAlone(leaf.lastLine)) {
      leaf.takeBack();
      this.#leaf = new HtmlBlock(this.#shared.sink, null);
      this.#leaf.add(leaf.lastLine);
    }
    if (this.#leaf?.isOver) this.#closeLeaf();
  }

  #closeLeaf(): void {
    this.#leaf?.close();
    this.#leaf = undefined;
  }

  #apply({ matched, filled, opened, kind, begin, content }: Plan): void {
    const line = this.#lineNumber;
    this.#isFirstLine = kind === 'leaf';
    const containers = this.#containers;
    if (kind === 'more') this.#leaf?.newLine?.();
    else if (kind === 'conversion') this.#leaf = begin?.(this.#shared, false);
    else {
      this.#closeLeaf();
      containers.closeTo(matched);
      for (const container of opened) containers.open(container, line);
      if (begin) {
        const isFirst = containers.adopt(line);
        this.#leaf = begin(this.#shared, isFirst && this.#shared.gfm);
      }
    }
    if (content) this.#leaf?.add(content);
    containers.touch(filled, line);
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
const linesOf = (text: string): string[] => text.replaceAll('\0', '\ufffd').split(/\r\n?|\n/);
