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
  // Text is handed over in one piece: a long run of literal marks is many pieces.
  let words = '';
  const flush = () => {
    if (words !== '') sink.text(words);
    words = '';
  };
  const close = () => {
    if (!open.pop()) return;
    flush();
    depth--;
    sink.close();
  };
  for (const { start, text, closes, opens, leaf, isPlain } of pieces) {
    for (let i = 0; i < closes; i++) close();
    const split = safeOffset - start;
    if (isPlain && open.length === 0 && split > 0 && split < text.length) {
      words += text.slice(0, split);
      flush();
      safe = { offset: safeOffset, place: sink.place() };
      words = text.slice(split);
    } else {
      if (isPlain && split === 0) {
        flush();
        safe = { offset: safeOffset, place: sink.place() };
      }
      words += text;
    }
    for (const { kind, attributes } of opens.toReversed()) {
      const isWritten = depth < MAX_DEPTH;
      open.push(isWritten);
      if (!isWritten) continue;
      flush();
      depth++;
      sink.open(kind, attributes);
    }
    if (leaf) {
      flush();
      sink.open(leaf.kind, leaf.attributes);
      sink.close();
    }
  }
  flush();
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
    if (isPlain && depth === 0 && opens.length === 0) safe = Math.max(safe, lastSingleSpace(source, start, text));
  }
  return safe;
}

/** The place in the source of a text's last single space; -1 where it has none. */
function lastSingleSpace(source: string, start: number, text: string): number {
  for (let at = text.lastIndexOf(' '); at >= 0; at = at > 0 ? text.lastIndexOf(' ', at - 1) : -1) {
    if (!isWhitespace(source[start + at - 1] ?? '') && !isWhitespace(source[start + at + 1] ?? '')) return start + at;
  }
  return -1;
}
