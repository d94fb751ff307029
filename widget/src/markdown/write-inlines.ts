import { isWhitespace } from './characters.js';
import type { Piece } from './pieces.js';
import type { MarkdownSink } from './sink.js';

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
 * Writes pieces, and closes what they left open. The last safe point is a single space within a line, outside of every
 * element, with nothing before it of which more text could still change the meaning: what comes after it is read alone
 * from then on, so a paragraph costs no more per word than its last sentence.
 */
export function writeInlines(pieces: readonly Piece[], source: string, sink: MarkdownSink): Written {
  const safeOffset = lastSafeOffset(pieces, source);
  let safe: SafePoint | undefined;
  const open: boolean[] = [];
  let depth = 0;
  const close = () => {
    if (!open.pop()) return;
    depth--;
    sink.close();
  };
  for (const { start, text, closes, opens, leaf, isPlain } of pieces) {
    for (let i = 0; i < closes; i++) close();
    const split = safeOffset - start;
    if (isPlain && open.length === 0 && split > 0 && split < text.length) {
      sink.text(text.slice(0, split));
      safe = { offset: safeOffset, place: sink.place() };
      sink.text(text.slice(split));
    } else {
      if (isPlain && split === 0) safe = { offset: safeOffset, place: sink.place() };
      if (text !== '') sink.text(text);
    }
    for (const { kind, attributes } of opens.toReversed()) {
      const isWritten = depth < MAX_DEPTH;
      open.push(isWritten);
      if (!isWritten) continue;
      depth++;
      sink.open(kind, attributes);
    }
    if (leaf) {
      sink.open(leaf.kind, leaf.attributes);
      sink.close();
    }
  }
  const end = sink.place();
  while (open.length > 0) close();
  sink.cut();
  return { safe, end };
}

function lastSafeOffset(pieces: readonly Piece[], source: string): number {
  let safe = -1;
  let depth = 0;
  for (const { start, text, closes, opens, isPlain, isOpen } of pieces) {
    if (isOpen) break;
    depth += opens.length - closes;
    if (isPlain && depth === 0 && opens.length === 0)
      safe = Math.max(safe, lastSingleSpace(source, start, start + text.length));
  }
  return safe;
}

function lastSingleSpace(source: string, from: number, to: number): number {
  for (let at = source.lastIndexOf(' ', to - 1); at >= from && at > 0; at = source.lastIndexOf(' ', at - 1)) {
    if (!isWhitespace(source[at - 1] ?? '') && !isWhitespace(source[at + 1] ?? '')) return at;
  }
  return -1;
}
