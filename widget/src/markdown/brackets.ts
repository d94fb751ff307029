import type { Delimiters } from './delimiters.js';
import type { InlineOptions } from './inlines.js';
import { type Found, targetAt, isCutLabelAt, type InlineTarget, labelAt, normalizeLabel } from './link-syntax.js';
import { type Piece, pieceOf } from './pieces.js';

const LINK_END = /[ \t]*(?:\n[ \t]*)?\)/y;

interface Bracket {
  readonly piece: Piece;
  /** Its place among the pieces. */
  readonly index: number;
  readonly isImage: boolean;
  /** How many marks of emphasis stood below it. */
  readonly below: number;
  /** A link stands in it already: it cannot become one. */
  isActive: boolean;
  /** Another bracket was opened in it: its content is no label. */
  isOuter: boolean;
}

/** The brackets of one text: links, images, and what looks like one while it is typed. */
export function createBrackets(text: string, pieces: Piece[], delimiters: Delimiters, options: InlineOptions) {
  const { isCut, references, unresolved } = options;
  const brackets: Bracket[] = [];
  return { open, close, hide };

  function open(at: number, isImage: boolean): Piece {
    const outer = brackets.at(-1);
    if (outer) outer.isOuter = true;
    const piece = pieceOf(at, isImage ? '![' : '[');
    const below = delimiters.count;
    brackets.push({ piece, index: pieces.length, isImage, below, isActive: true, isOuter: false });
    return piece;
  }

  /** At a closing bracket: adds what it is to the pieces; where the text goes on. */
  function close(at: number): number {
    const bracket = brackets.pop();
    const label = bracket && citedBy(bracket, at);
    const target = !label && bracket?.isActive ? targetOf(bracket, at) : undefined;
    const closing = pieceOf(at, target === undefined ? ']' : '');
    let end = at + 1;
    if (label) {
      // The brackets stay as they are: text around the mark.
      bracket.piece.opens.push({ kind: 'cite', attributes: { label } });
      pieces.splice(bracket.index + 1, Infinity, pieceOf(bracket.piece.start + 1, label));
      closing.closes = 1;
    } else if (bracket && target) {
      link(bracket, closing, target);
      ({ end } = target);
    } else if (bracket && target === null) {
      // A target that is still being typed: the text without the marks, and nothing of what comes behind.
      bracket.piece.text = '';
      bracket.piece.isOpen = closing.isOpen = true;
      end = text.length;
    }
    pieces.push(closing);
    return end;
  }

  function link({ piece, index, isImage, below }: Bracket, closing: Piece, { destination, title }: InlineTarget): void {
    delimiters.pair(below);
    piece.text = '';
    if (isImage) {
      const content = pieces.splice(index + 1);
      const alt = content.map((inner) => inner.leaf?.attributes?.alt ?? inner.text).join('');
      closing.leaf = { kind: 'img', attributes: { destination, title, alt } };
      closing.isOpen = content.some(({ isOpen }) => isOpen);
    } else {
      piece.opens.push({ kind: 'a', attributes: { destination, title } });
      closing.closes = 1;
      deactivate();
    }
  }

  /** What stands between the brackets, where that is the label of a source, and no link of its own. */
  function citedBy({ piece, isImage, isOuter }: Bracket, at: number): string | undefined {
    const next = at + 1;
    if (isImage || isOuter || !references.cites(normalizeLabel(text.slice(piece.start, next)))) return undefined;
    return text[next] === '(' ? undefined : text.slice(piece.start + 1, at);
  }

  /** At the end of a text that is cut: brackets still open are not shown as such. */
  function hide(maxLength: number): void {
    for (const { isActive, piece } of brackets) {
      if (!isActive) continue;
      piece.isOpen = true;
      if (text.length - piece.start <= maxLength) piece.text = '';
    }
  }

  /** No link stands in a link. What lies below an inactive bracket is inactive already. */
  function deactivate(): void {
    for (const outer of brackets.toReversed()) {
      if (outer.isImage) continue;
      if (!outer.isActive) return;
      outer.isActive = false;
    }
  }

  /** Null: more of the text may make it a link. */
  function targetOf({ piece, isImage, isOuter }: Bracket, at: number): Found<InlineTarget> {
    const next = at + 1;
    if (text[next] === '(') {
      const target = targetAt(text, next + 1, LINK_END, isCut);
      if (target || (isCut && target === null)) return target;
    }
    // None where no bracket follows.
    const second = labelAt(text, next) ?? '';
    if (isCut && isCutLabelAt(text, next)) return null;
    const isFull = second.length > 2;
    if (!isFull && isOuter) return undefined;
    const label = isFull ? second : text.slice(piece.start + (isImage ? 1 : 0), next);
    const normalized = label.length > 1_000 ? '' : normalizeLabel(label);
    // Another bracket that cites a source stands for itself.
    if (normalized === '' || references.cites(normalized)) return undefined;
    const target = references.find(normalized, at);
    if (target) return { ...target, end: next + second.length };
    unresolved.add(normalized);
    return undefined;
  }
}
