import type { Delimiters } from './delimiters.js';
import type { InlineOptions } from './inlines.js';
import { inlineTargetAt, isCutLabelAt, type InlineTarget, labelAt, normalizeLabel } from './link-syntax.js';
import { type Piece, piece } from './pieces.js';

interface Bracket {
  readonly piece: Piece;
  /** Its place among the pieces. */
  readonly index: number;
  /** Behind the bracket, in the text. */
  readonly contentStart: number;
  readonly isImage: boolean;
  /** What emphasis stood below it. */
  readonly below: Delimiters['last'];
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
  #lastAutolink = -1;
  readonly unresolved: string[] = [];

  constructor(text: string, pieces: Piece[], delimiters: Delimiters, options: InlineOptions) {
    this.#text = text;
    this.#pieces = pieces;
    this.#delimiters = delimiters;
    this.#options = options;
  }

  noteAutolink(index: number): void {
    this.#lastAutolink = index;
  }

  open(at: number, isImage: boolean): Piece {
    const outer = this.#open.at(-1);
    if (outer) outer.hasBracketInside = true;
    const created = piece(at, isImage ? '![' : '[');
    this.#open.push({
      piece: created,
      index: this.#pieces.length,
      contentStart: at + created.text.length,
      isImage,
      below: this.#delimiters.last,
      isActive: true,
      hasBracketInside: false,
    });
    return created;
  }

  /** At a closing bracket: writes what it closes; where the text goes on. */
  close(at: number): number {
    const bracket = this.#open.pop();
    if (!bracket?.isActive) return this.#literal(at);
    const target = this.#targetAt(bracket, at);
    if (target === 'none') return this.#literal(at);
    if (target === 'cut') {
      bracket.piece.isOpen = true;
      return this.#pending(bracket, at);
    }
    const { destination, title, end } = target;
    const attributes = { destination, ...(title !== undefined && { title }) };
    this.#delimiters.pair(bracket.below);
    bracket.piece.text = '';
    if (bracket.isImage) {
      const alt = this.#pieces
        .splice(bracket.index + 1)
        .map(({ text, leaf }) => leaf?.attributes?.alt ?? text)
        .join('');
      const image = piece(at, '', false, { kind: 'image', attributes: { ...attributes, alt } });
      this.#pieces.push(image);
      return end;
    }
    this.#unlink(bracket.index);
    bracket.piece.opens.push({ kind: 'link', attributes });
    this.#closing(at);
    // No link stands in a link. What lies below an inactive bracket is inactive already.
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const outer = this.#open[i];
      if (!outer || (!outer.isImage && !outer.isActive)) break;
      if (!outer.isImage) outer.isActive = false;
    }
    return end;
  }

  /** At the end of a text that is cut: brackets still open are not shown as such. */
  hidePending(maxLength: number): void {
    for (const { isActive, isImage, piece: opener, contentStart, index } of this.#open) {
      if (!isActive) continue;
      opener.isOpen = true;
      if (this.#text.length - contentStart > maxLength) continue;
      opener.text = '';
      if (isImage) return void this.#pieces.splice(index + 1);
    }
  }

  /** `cut`: more of the text may make it a link. */
  #targetAt(bracket: Bracket, at: number): (InlineTarget & { end: number }) | 'none' | 'cut' {
    const next = at + 1;
    const { isCut, references } = this.#options;
    const follows = this.#text[next] ?? '';
    if (isCut && follows === '') return 'cut';
    if (follows === '(') {
      const target = inlineTargetAt(this.#text, next);
      if (typeof target !== 'string') return target;
      if (isCut && target === 'cut') return 'cut';
    }
    const second = follows === '[' ? labelAt(this.#text, next) : undefined;
    if (isCut && follows === '[' && isCutLabelAt(this.#text, next)) return 'cut';
    const isFull = second !== undefined && second.length > 2;
    if (!isFull && bracket.hasBracketInside) return 'none';
    const label = isFull ? second : this.#text.slice(bracket.contentStart - 1, next);
    const normalized = label.length > 1_000 ? '' : normalizeLabel(label);
    if (normalized === '') return 'none';
    const target = references.find(normalized);
    if (!target) {
      this.unresolved.push(normalized);
      return 'none';
    }
    return { ...target, end: next + (second?.length ?? 0) };
  }

  /** A link whose target is still being typed: its text without the marks, and nothing of what comes behind. */
  #pending(bracket: Bracket, at: number): number {
    bracket.piece.text = '';
    if (bracket.isImage) {
      this.#delimiters.pair(bracket.below);
      this.#pieces.splice(bracket.index + 1);
    }
    const rest = piece(at, '');
    rest.isOpen = true;
    this.#pieces.push(rest);
    return this.#text.length;
  }

  #closing(at: number): void {
    const closed = piece(at, '');
    closed.closes = 1;
    this.#pieces.push(closed);
  }

  /** Addresses in the text of a link are its text. */
  #unlink(from: number): void {
    for (let i = this.#lastAutolink; i > from && i >= 0; i--) {
      const found = this.#pieces[i];
      if (found?.opens[0]?.kind !== 'link') continue;
      found.opens = [];
      const closing = this.#pieces[i + 2];
      if (closing) closing.closes = 0;
    }
    if (this.#lastAutolink > from) this.#lastAutolink = -1;
  }

  #literal(at: number): number {
    this.#pieces.push(piece(at, ']'));
    return at + 1;
  }
}
