import { MarkdownParser } from '../markdown/index.js';
import { NumberedSink, type NumberedSinkOptions } from './numbered-sink.js';

/** No more comes: it is whole, or it broke off; then more may come all the same. */
export type TextEnd = 'whole' | 'cut-short';

/** A text that is shown as it comes, however it is drawn. */
export interface ShownText {
  /** The text has sources of these labels; more may follow. */
  cite?(labels: readonly string[]): void;
  /** Shows so much of it as `budgetMs` milliseconds allow; true where that changed the page. */
  show(text: string, budgetMs: number, end?: TextEnd): boolean;
  /** There was no time for all of it. */
  readonly isBehind: boolean;
}

/** So many UTF-16 units are read before the time is looked at. */
const SLICE = 2_048;

/** A text as Markdown: what was shown stays, what comes is read once. */
export class MarkdownText implements ShownText {
  readonly #container: HTMLElement;
  readonly #options: NumberedSinkOptions;
  #parser: MarkdownParser;
  #shown = '';
  #end: TextEnd | undefined;
  #labels: readonly string[] = [];
  isBehind = false;

  constructor(container: HTMLElement, options: NumberedSinkOptions) {
    this.#container = container;
    this.#options = options;
    this.#parser = this.#begin();
  }

  cite(labels: readonly string[]): void {
    if (labels.length === this.#labels.length) return;
    this.#labels = labels;
    this.#parser.cite(labels);
  }

  show(text: string, budgetMs: number, end?: TextEnd): boolean {
    const isOther =
      !text.startsWith(this.#shown) || (this.#end && (text !== this.#shown || (end === 'whole' && this.#end !== end)));
    if (isOther) this.#parser = this.#begin();
    const hasMore = text.length > this.#shown.length;
    if (hasMore) this.#write(text, budgetMs);
    // Where nothing is held back, a text that broke off can go on as if it had not.
    const ends = !this.#end && !this.isBehind && (end === 'whole' || (end === 'cut-short' && this.#parser.isHolding));
    if (ends) {
      this.#parser.end({ isCutShort: end === 'cut-short' });
      this.#end = end;
    }
    return isOther || hasMore || ends;
  }

  #write(text: string, budgetMs: number): void {
    const since = performance.now();
    let at = this.#shown.length;
    while (at < text.length && (at === this.#shown.length || performance.now() - since < budgetMs)) {
      this.#parser.write(text.slice(at, at + SLICE));
      at += SLICE;
    }
    this.isBehind = at < text.length;
    this.#shown = text.slice(0, at);
  }

  /** Replaced by the server, or gone on after its end: the one case in which text goes. */
  #begin(): MarkdownParser {
    this.#container.replaceChildren();
    this.#shown = '';
    this.#end = undefined;
    this.isBehind = false;
    const parser = new MarkdownParser(new NumberedSink(this.#container, this.#options));
    parser.cite(this.#labels);
    return parser;
  }
}
