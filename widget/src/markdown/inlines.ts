import { nextAutolink } from './autolinks.js';
import { createBrackets } from './brackets.js';
import { Delimiters, kindOf } from './delimiters.js';
import { unescapeText } from './entities.js';
import { htmlFinder } from './html-syntax.js';
import { endOf, normalizeUri } from './link-syntax.js';
import { type Opening, type Piece, pieceOf } from './pieces.js';
import type { Shared } from './growing-inlines.js';

/** Longer than this, an opener without its partner was probably no mark. */
const MAX_PENDING = 1_000;

const PLAIN = /[^\n`[\]\\!<&*_~]+/y;
const ESCAPE_OR_REFERENCE = /\\[!-/:-@[-`{-~]|&#?[a-z\d]{1,32};/iy;
const TICKS = /`+/y;
const RUN = /\*+|_+|~+/y;
const URI_AUTOLINK = /<[a-z][a-z\d+.-]{1,31}:[^\0- <>\x7f]*>/iy;
const EMAIL_AUTOLINK =
  /<[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*>/iy;

/**
 * An opener that is probably text: one tilde ("about"), or one within a word, beside a digit (`2*3`) or a single one that was
 * not closed in it (`a*b`). A word is one of letters that have a case: other scripts set no blanks between words, or join a
 * short word to the next, as Arabic does; there a mark stands between two letters as a rule.
 */
const SELDOM_MARK = /~(?!~)|(?<=[\p{LC}\p{N}])(?:[*~]+\p{N}|(?<=\p{N})[*~]+\p{LC}|\*\p{LC}\S*\s)/uy;

/**
 * Reads the inlines of one text (CommonMark 0.31.2 §6) in one pass. `isCut`: more of it may come; what is still being typed
 * is shown as what it will probably be, without its marks. `unresolved` takes the labels that would make a link if they were
 * defined.
 */
export function readInlines(
  text: string,
  shared: Readonly<Shared>,
  isCut: boolean,
  unresolved: Set<string>,
): readonly Piece[] {
  const { gfm } = shared;
  const pieces: Piece[] = [];
  const delimiters = new Delimiters();
  const brackets = createBrackets(text, pieces, delimiters, shared, isCut, unresolved);
  const htmlEnd = htmlFinder(text);
  /** By their lengths, where runs of backticks begin, the next at the end; read once, when it is first asked for. */
  let ticks: number[][] | undefined;
  let autolink = gfm ? nextAutolink(text, 0) : undefined;
  /** Where the words end that are being read, with the addresses in them. */
  let plainEnd = 0;
  let place = 0;

  while (place < text.length) readNext(place);
  for (const { piece, mark, left } of delimiters.pair(0)) {
    piece.isOpen = true;
    if (!isCut || !isNear(piece.start) || endOf(SELDOM_MARK, text, piece.start)) continue;
    piece.text = '';
    // Matches found before lie further inside; strong emphasis is strong text that is emphasized.
    piece.opens.push({ kind: kindOf(mark, left) });
    if (left > 2) piece.opens.push({ kind: 'em' });
  }
  if (isCut) brackets.hide(isNear);
  return pieces;

  /** Marks that end there may be more, and others, than they are so far. */
  function mayGrow(end: number): boolean {
    return isCut && end === text.length;
  }

  function hide(end: number): void {
    write('', end).isOpen = true;
  }

  /** An opener there may still find its partner. */
  function isNear(at: number): boolean {
    return text.length - at < MAX_PENDING;
  }

  function readNext(at: number): void {
    switch (text[at]) {
      case '\n':
        return endLine(endsInSpaces());
      case '`':
        return readTicks(at);
      case '*':
      case '_':
      case '~': {
        const end = endOf(RUN, text, at);
        return mayGrow(end) ? hide(end) : take(delimiters.add(text, at, end, gfm), end);
      }
      case '[':
        return take(brackets.open(at, false), at + 1);
      case '!':
        if (text[at + 1] === '[') return take(brackets.open(at, true), at + 2);
        return void write('!', at + 1, true);
      case ']':
        place = brackets.close(at);
        return;
      case '<':
        return readAngle(at);
      case '\\':
      case '&': {
        if (text.startsWith('\\\n', at)) {
          place++;
          return endLine(true);
        }
        const end = endOf(ESCAPE_OR_REFERENCE, text, at) || at + 1;
        return void write(unescapeText(text.slice(at, end)), end);
      }
      default:
        return readWords(at);
    }
  }

  function readWords(at: number): void {
    if (plainEnd <= at) plainEnd = endOf(PLAIN, text, at);
    if (autolink && autolink.start < at) autolink = nextAutolink(text, at);
    const wordsEnd = Math.min(plainEnd, autolink?.start ?? Infinity);
    if (wordsEnd > at) write(text.slice(at, wordsEnd), wordsEnd, true);
    if (!autolink || wordsEnd === plainEnd) return;
    const { end, destination } = autolink.read();
    writeLink(text.slice(autolink.start, end), end, destination);
  }

  /** Two spaces before a line break make it a hard one; they go in any case. */
  function endsInSpaces(): boolean {
    const before = pieces.at(-1);
    if (!before?.isPlain) return false;
    const words = before.text;
    before.text = words.replace(/(?<! ) +$/, '');
    return words.length - before.text.length > 1;
  }

  function endLine(isHard: boolean): void {
    if (isHard) write('').leaf = { kind: 'br' };
    write('\n', place + 1);
    while (text[place] === ' ') place++;
  }

  function readTicks(at: number): void {
    const start = endOf(TICKS, text, at);
    if (mayGrow(start)) return hide(start);
    const closing = closingTicks(start, start - at);
    if (closing !== undefined) {
      const end = closing + start - at;
      writeCode(text.slice(start, closing), end).isOpen = mayGrow(end);
    } else if (isCut && isNear(at)) writeCode(text.slice(start).replace(/`+$/, ''), text.length).isOpen = true;
    else write(text.slice(at, start), start).isOpen = true;
  }

  /** Where the next run of so many backticks begins. */
  function closingTicks(from: number, length: number): number | undefined {
    if (!ticks) {
      ticks = [];
      for (const { 0: run, index } of [...text.matchAll(/`+/g)].toReversed()) (ticks[run.length] ??= []).push(index);
    }
    const places = ticks[length];
    while (places && Number(places.at(-1)) < from) places.pop();
    return places?.at(-1);
  }

  function writeCode(content: string, end: number): Piece {
    const code = content.replace(/\n/g, ' ');
    const isPadded = code.startsWith(' ') && code.endsWith(' ') && /[^ ]/.test(code);
    return writeElement({ kind: 'code' }, isPadded ? code.slice(1, -1) : code, end);
  }

  function readAngle(at: number): void {
    const uriEnd = endOf(URI_AUTOLINK, text, at);
    const linkEnd = uriEnd || endOf(EMAIL_AUTOLINK, text, at);
    const address = text.slice(at + 1, linkEnd - 1);
    if (linkEnd) return writeLink(address, linkEnd, normalizeUri(uriEnd ? address : `mailto:${address}`));
    const end = htmlEnd(at);
    if (end) write(text.slice(at, end), end);
    else write('<', at + 1).isOpen = /[a-z/!?]/i.test(text[at + 1] ?? '');
  }

  function writeLink(words: string, end: number, destination: string): void {
    writeElement({ kind: 'a', attributes: { destination } }, words, end);
  }

  /** An element of text alone; the piece that ends it. */
  function writeElement(opening: Opening, words: string, end: number): Piece {
    write('').opens.push(opening);
    write(words);
    const closing = write('', end);
    closing.closes = 1;
    return closing;
  }

  /** What stands there, up to `end`, comes out as these words. */
  function write(words: string, end = place, isPlain = false): Piece {
    const piece = pieceOf(place, words, isPlain);
    take(piece, end);
    return piece;
  }

  function take(piece: Piece, end: number): void {
    pieces.push(piece);
    place = end;
  }
}
