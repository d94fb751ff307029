import type { Delimiters } from './delimiters.js';
import type { Shared } from './growing-inlines.js';
import { type Found, targetAt, isCutLabelAt, type InlineTarget, labelAt, normalizeLabel } from './link-syntax.js';
import { type Piece, pieceOf } from './pieces.js';

/** What is longer is probably no title of a link: it is shown, and is one all the same where it ends. */
const LONGEST_TITLE = 250;
const LINK_END = /[ \t]*(?:\n[ \t]*)?\)/y;

interface Bracket {
  readonly piece: Piece;
  /** Its place among the pieces. */
  readonly index: number;
  readonly isImage: boolean;
  /** How many marks of emphasis stood below it. */
  readonly below: number;
}

/** The brackets of one text: links, images, and what looks like one while it is typed. */
export function createBrackets(
  text: string,
  pieces: Piece[],
  delimiters: Delimiters,
  shared: Shared,
  isCut: boolean,
  unresolved: Set<string>,
) {
  const { references } = shared;
  const brackets: Bracket[] = [];
  /** In so many of them, from the outermost on, stands a link: no link stands in a link, but an image may hold one. */
  let linked = 0;
  /** A target that is still being typed is shown: words may end it. */
  let isTargetShown = false;
  return { open, close, hide };

  function open(at: number, isImage: boolean): Piece {
    const piece = pieceOf(at, isImage ? '![' : '[');
    brackets.push({ piece, index: pieces.length, isImage, below: delimiters.count });
    return piece;
  }

  /** At a closing bracket: adds what it is to the pieces; where the text goes on. */
  function close(at: number): number {
    const bracket = brackets.pop();
    const label = bracket && citedBy(bracket, at);
    const target = bracket && !label && isActive(bracket, brackets.length) ? targetOf(bracket, at) : undefined;
    linked = Math.min(linked, brackets.length);
    const closing = pieceOf(at, ']');
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
      // A target that is still being typed: the text without the marks, and nothing of what comes behind, but for words
      // that a reader would miss. An address is none, however long.
      bracket.piece.isOpen = true;
      if (text.slice(at).replace(/^\]\([!-~]*/, '').length <= (shared.isCutShort ? 0 : LONGEST_TITLE)) {
        bracket.piece.text = closing.text = '';
        end = text.length;
        shared.isHolding = true;
      } else isTargetShown = true;
    }
    pieces.push(closing);
    return end;
  }

  function link({ piece, index, isImage, below }: Bracket, closing: Piece, { destination, title }: InlineTarget): void {
    delimiters.pair(below);
    piece.text = closing.text = '';
    if (isImage) {
      const content = pieces.splice(index + 1);
      const alt = content.map((inner) => inner.leaf?.attributes?.alt ?? inner.text).join('');
      closing.leaf = { kind: 'img', attributes: { destination, title, alt } };
      closing.isOpen = content.some(({ isOpen }) => isOpen);
    } else {
      piece.opens.push({ kind: 'a', attributes: { destination, title } });
      closing.closes = 1;
      linked = brackets.length;
    }
  }

  /** What stands between the brackets, where that is the label of a source, and no link of its own. */
  function citedBy(bracket: Bracket, at: number): string | undefined {
    const label = labelOf(bracket, at);
    if (bracket.isImage || text[at + 1] === '(' || !references.cites(normalizeLabel(label))) return undefined;
    return label.slice(1, -1);
  }

  /** With its brackets; '' where others stand in it. */
  function labelOf({ piece, isImage }: Bracket, at: number): string {
    const label = text.slice(piece.start + (isImage ? 1 : 0), at + 1);
    return labelAt(label, 0) === label ? label : '';
  }

  function isActive({ isImage }: Bracket, place: number): boolean {
    return isImage || place >= linked;
  }

  /** At the end of a text that is cut: brackets still open are not shown as such. */
  function hide(isNear: (at: number) => boolean): void {
    for (const { piece } of brackets.filter(isActive)) {
      piece.isOpen = true;
      if (isNear(piece.start)) piece.text = '';
    }
    // Behind this, what comes is read, and not written as mere words.
    if (isTargetShown) pieces.push(pieceOf(text.length, ''));
  }

  /** Null: more of the text may make it a link. */
  function targetOf(bracket: Bracket, at: number): Found<InlineTarget> {
    const next = at + 1;
    if (text[next] === '(') {
      const target = targetAt(text, next + 1, LINK_END, isCut);
      if (target || (isCut && target === null)) return target;
    }
    // None where no bracket follows.
    const second = labelAt(text, next);
    if (isCut && isCutLabelAt(text, next)) return null;
    const label = normalizeLabel(second.length > 2 ? second : labelOf(bracket, at));
    const target = label === '' ? null : references.find(label, at);
    if (target) return { ...target, end: next + second.length };
    // Another bracket that cites a source stands for itself.
    if (target === undefined) unresolved.add(label);
    return undefined;
  }
}
