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
    const closing = pieceOf(at, ']');
    const bracket = brackets.pop();
    let end = at + 1;
    if (bracket) {
      const { piece, index, isImage } = bracket;
      const start = piece.start + (isImage ? 1 : 0);
      const written = labelAt(text, start);
      // None where other brackets stand in it.
      const label = written.length === end - start ? normalizeLabel(written) : '';
      const target = isActive(bracket, brackets.length) ? targetOf(label, end) : undefined;
      linked = Math.min(linked, brackets.length);
      // Of what may still become a link nothing is final.
      piece.isOpen = target === null;
      if (target) {
        link(bracket, closing, target);
        ({ end } = target);
      } else if (!isImage && text[end] !== '(' && references.cites(label)) {
        // The brackets stay as they are: text around the mark.
        const cited = written.slice(1, -1);
        piece.opens.push({ kind: 'cite', attributes: { label: cited } });
        pieces.splice(index + 1, Infinity, pieceOf(start + 1, cited));
        closing.closes = 1;
      } else if (target === null) {
        // A target that is still being typed: the text without the marks, and nothing of what comes behind, but for words
        // that a reader would miss. An address is none, however long, but for what is called in code: `row[0](then`.
        const isCode = shared.isCutShort && /\w/.test(text.charAt(start - 1));
        const words = text.slice(at).replace(isCode ? '' : /^\]\((?:\w+:\S*|[!-~]*)/, '');
        if (words.length <= (shared.isCutShort ? 0 : LONGEST_TITLE)) {
          piece.text = closing.text = '';
          end = text.length;
          shared.isHolding = true;
        } else isTargetShown = true;
      } else unresolved.add(label);
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

  /** Null: more of the text may make it a link. `own`: the label of what ends there. */
  function targetOf(own: string, at: number): Found<InlineTarget> {
    if (text[at] === '(') {
      const target = targetAt(text, at + 1, LINK_END, isCut);
      if (target || (isCut && target === null)) return target;
    }
    if (isCut && isCutLabelAt(text, at)) return null;
    // None where no bracket follows.
    const second = labelAt(text, at);
    const label = second.length > 2 ? normalizeLabel(second) : own;
    const target = references.find(label, at - 1);
    if (target) return { ...target, end: at + second.length };
    // Another bracket that cites a source stands for itself.
    if (target === undefined) unresolved.add(label);
    return undefined;
  }
}
