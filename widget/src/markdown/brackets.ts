import type { Delimiters } from './delimiters.js';
import type { InlineOptions } from './inlines.js';
import { type Found, inlineTargetAt, isCutLabelAt, type InlineTarget, labelAt, normalizeLabel } from './link-syntax.js';
import { Piece } from './pieces.js';

interface Bracket {
  readonly piece: Piece;
  /** Its place among the pieces. */
  readonly index: number;
  /** Behind the bracket, in the text. */
  readonly contentStart: number;
  readonly isImage: boolean;
  /** How many marks of emphasis stood below it. */
  readonly below: number;
  /** A link stands in it already: it cannot become one. */
  isActive: boolean;
  /** Another bracket was opened in it: its content is no label. */
  hasBracketInside: boolean;
}

/** The brackets of one text: links, images, and what looks like one while it is typed. */
export class Brackets {
  readonly #text: string;
  readonly #pieces: Piece[];
  readonly #delimiters: Delimiters;
  readonly #options: InlineOptions;
  readonly #open: Bracket[] = [];
  readonly unresolved: string[] = [];

  constructor(text: string, pieces: Piece[], delimiters: Delimiters, options: InlineOptions) {
    this.#text = text;
    this.#pieces = pieces;
    this.#delimiters = delimiters;
    this.#options = options;
  }

  open(at: number, isImage: boolean): Piece {
    const outer = this.#open.at(-1);
    if (outer) outer.hasBracketInside = true;
    const piece = new Piece(at, isImage ? '![' : '[');
    this.#open.push({
      piece,
      index: this.#pieces.length,
      contentStart: at + piece.text.length,
      isImage,
      below: this.#delimiters.count,
      isActive: true,
      hasBracketInside: false,
    });
    return piece;
  }

  /** At a closing bracket: adds what it is to the pieces; where the text goes on. */
  close(at: number): number {
    const bracket = this.#open.pop();
    const target = bracket?.isActive ? this.#targetAt(bracket, at) : 'none';
    const closing = new Piece(at, target === 'none' ? ']' : '');
    if (!bracket || target === 'none') {
      this.#pieces.push(closing);
      return at + 1;
    }
    const { piece, index, isImage, below } = bracket;
    const isCut = target === 'cut';
    piece.text = '';
    if (isImage || !isCut) this.#delimiters.pair(below);
    const content = isImage ? this.#pieces.splice(index + 1) : [];
    this.#pieces.push(closing);
    if (isCut) {
      // A target that is still being typed: the text without the marks, and nothing of what comes behind.
      piece.isOpen = closing.isOpen = true;
      return this.#text.length;
    }
    const { destination, title, end } = target;
    const attributes = { destination, ...(title !== undefined && { title }) };
    if (isImage) {
      const alt = content.map(({ text, leaf }) => leaf?.attributes?.alt ?? text).join('');
      closing.leaf = { kind: 'img', attributes: { ...attributes, alt } };
      closing.isOpen = content.some(({ isOpen }) => isOpen);
    } else {
      piece.opens.push({ kind: 'a', attributes });
      closing.closes = 1;
      this.#deactivate();
    }
    return end;
  }

  /** At the end of a text that is cut: brackets still open are not shown as such. */
  hidePending(maxLength: number): void {
    for (const { isActive, isImage, piece, contentStart, index } of this.#open) {
      if (!isActive) continue;
      piece.isOpen = true;
      if (this.#text.length - contentStart > maxLength) continue;
      piece.text = '';
      if (isImage) return void this.#pieces.splice(index + 1);
    }
  }

  /** No link stands in a link. What lies below an inactive bracket is inactive already. */
  #deactivate(): void {
    for (const outer of this.#open.toReversed()) {
      if (outer.isImage) continue;
      if (!outer.isActive) return;
      outer.isActive = false;
    }
  }

  /** `cut`: more of the text may make it a link. */
  #targetAt({ contentStart, hasBracketInside }: Bracket, at: number): Found<InlineTarget> {
    const next = at + 1;
    const { isCut, references } = this.#options;
    const follows = this.#text[next] ?? '';
    if (isCut && follows === '') return 'cut';
    if (follows === '(') {
      const target = inlineTargetAt(this.#text, next);
      if (typeof target !== 'string') return target;
      if (isCut && target === 'cut') return 'cut';
    }
    // None where no bracket follows.
    const second = labelAt(this.#text, next) ?? '';
    if (isCut && isCutLabelAt(this.#text, next)) return 'cut';
    const isFull = second.length > 2;
    if (!isFull && hasBracketInside) return 'none';
    const label = isFull ? second : this.#text.slice(contentStart - 1, next);
    const normalized = label.length > 1_000 ? '' : normalizeLabel(label);
    if (normalized === '') return 'none';
    const target = references.find(normalized, at);
    if (target) return { ...target, end: next + second.length };
    this.unresolved.push(normalized);
    return 'none';
  }
}
