import type { Opening, Piece } from './pieces.js';
import type { ElementKind, MarkdownSink } from './sink.js';

/** Deeper than this, marks of emphasis are left out: a browser that lays out thousands of nested elements crashes. */
const MAX_DEPTH = 40;

/** A place in the source before which all inlines are final, and where it lies in what was written. */
export interface SafePoint {
  readonly offset: number;
  readonly place: unknown;
}

export interface Written {
  readonly safe: SafePoint | undefined;
  /** Behind the last piece, in whatever it left open. */
  readonly end: unknown;
}

/**
 * Writes pieces, and closes what they left open. The last safe point is a single space within a line, or the mark that ends
 * a sentence in Chinese or Japanese, outside of every element, with nothing before it of which more text could still change
 * the meaning: what comes after it is read alone from then on, so a paragraph costs no more per word than its last sentence.
 */
export function writeInlines(pieces: readonly Piece[], source: string, sink: MarkdownSink): Written {
  const safeOffset = lastSafeOffset(pieces, source);
  let safe: SafePoint | undefined;
  /** What is open; undefined for what was left out. */
  const open: (ElementKind | undefined)[] = [];
  let depth = 0;
  // Text is handed over in one piece: a long run of literal marks is many pieces.
  let words = '';
  const flush = () => {
    if (words) sink.text(words);
    words = '';
  };
  const begin = ({ kind, attributes }: Opening) => {
    flush();
    sink.open(kind, attributes);
  };
  const close = () => {
    if (open.pop() === undefined) return;
    flush();
    depth--;
    sink.close();
  };
  for (const { start, text, closes, opens, leaf } of pieces) {
    for (let i = 0; i < closes; i++) close();
    // No piece is longer than what it was written as: one alone holds the place.
    if (safeOffset >= start && safeOffset < start + text.length) {
      words += text.slice(0, safeOffset - start);
      flush();
      safe = { offset: safeOffset, place: sink.place() };
      words = text.slice(safeOffset - start);
    } else words += text;
    for (const opening of opens.toReversed()) {
      // An address in the text of a link is its text.
      const isWritten = depth < MAX_DEPTH && !(opening.kind === 'a' && open.includes('a'));
      open.push(isWritten ? opening.kind : undefined);
      if (!isWritten) continue;
      depth++;
      begin(opening);
    }
    if (leaf) {
      begin(leaf);
      sink.close();
    }
  }
  flush();
  const end = sink.place();
  while (open.length > 0) close();
  sink.cut();
  return { safe, end };
}

/** -1 where there is none. */
function lastSafeOffset(pieces: readonly Piece[], source: string): number {
  let safe = -1;
  let depth = 0;
  for (const { start, text, closes, opens, isPlain, isOpen } of pieces) {
    if (isOpen) break;
    depth += opens.length - closes;
    if (!isPlain || depth > 0) continue;
    for (let at = start + text.length; at-- > start;) {
      if (!/\S[ 。]\S/.test(source.slice(at - 1, at + 2))) continue;
      safe = at;
      break;
    }
  }
  return safe;
}
