import type { ShownText } from './markdown-text.js';

/**
 * Plain text as paragraphs: blank lines part them, single line breaks are kept (`white-space: pre-wrap`). A text that
 * grows is appended to the last text node; what is on the page already is never touched again.
 */
export class TextBlocks implements ShownText {
  readonly isBehind = false;
  readonly #container: HTMLElement;
  #shown = '';
  /** The text node that grows. */
  #text: Text | undefined;
  /**
   * Line breaks at the end of what is shown, as they came: whether they part paragraphs, and whether a CR is half of one,
   * is known when the next letter comes.
   */
  #breaks = '';

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Shows a text; true where that changed the page. */
  show(text: string): boolean {
    if (text === this.#shown) return false;
    if (text.startsWith(this.#shown)) {
      this.#append(text.slice(this.#shown.length));
    } else {
      // Replaced by the server, or begun anew: the one case in which text goes.
      this.#container.replaceChildren();
      this.#text = undefined;
      this.#breaks = '';
      this.#append(text);
    }
    this.#shown = text;
    return true;
  }

  #append(added: string): void {
    for (const piece of added.split(/([\r\n]+)/)) {
      if (piece === '') continue;
      if (/^[\r\n]/.test(piece)) this.#breaks += piece;
      else this.#write(piece);
    }
  }

  #write(words: string): void {
    const { ownerDocument } = this.#container;
    const breaks = this.#breaks.replace(/\r\n?/g, '\n');
    const startsBlock = !this.#text || breaks.length > 1;
    const text = startsBlock ? words : breaks + words;
    this.#breaks = '';
    if (this.#text && !startsBlock) return this.#text.appendData(text);
    this.#text = ownerDocument.createTextNode(text);
    const block = ownerDocument.createElement('p');
    block.dir = 'auto';
    block.append(this.#text);
    this.#container.append(block);
  }
}
