import { characterAt, characterBefore, isCjk, rankOf } from './characters.js';
import { type Piece, pieceOf } from './pieces.js';
import type { ElementKind } from './sink.js';

/** A run of `*`, `_` or `~` that may open or close an emphasis (CommonMark 0.31.2 §6.2). */
interface Delimiter {
  readonly piece: Piece;
  readonly mark: string;
  readonly length: number;
  /** Marks that no match has used yet. */
  left: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
}

/** The marks of emphasis in one text, and the algorithm that pairs them. */
export class Delimiters {
  readonly #open: Delimiter[] = [];

  /** How many have not been paired yet: what comes later stands above these. */
  get count(): number {
    return this.#open.length;
  }

  /** The run of marks that stands there. */
  add(text: string, at: number, end: number, strikethrough: boolean): Piece {
    const mark = text.charAt(at);
    const length = end - at;
    const before = characterBefore(text, at);
    const after = characterAt(text, end);
    const rankBefore = rankOf(before);
    const rankAfter = rankOf(after);
    // Between two of a rank, or beside Chinese, Japanese or Korean, a run may do both: not beside a blank, and underscores
    // only between punctuation.
    const rank = rankBefore * rankAfter;
    const isBetween = mark === '_' ? rank === 1 : rank > 0 && (rankBefore === rankAfter || isCjk(before + after));
    const piece = pieceOf(at, text.slice(at, end));
    const canOpen = rankBefore < rankAfter || isBetween;
    const canClose = rankBefore > rankAfter || isBetween;
    if (mark !== '~' || (strikethrough && length < 3)) {
      this.#open.push({ piece, mark, length, left: length, canOpen, canClose });
    }
    return piece;
  }

  /**
   * Pairs the marks above so many, and forgets them: the "process emphasis" procedure of CommonMark's appendix. The
   * openers that found no partner, in the order of the text.
   */
  pair(bottom: number): readonly Delimiter[] {
    const openers: Delimiter[] = [];
    // Up to these no opener was found for a closer of that kind: each mark is passed once.
    const floors: Record<string, number> = {};
    for (const closer of this.#open.splice(bottom)) {
      const kind = `${closer.mark}${closer.canOpen}${closer.mark === '~' ? closer.length : closer.length % 3}`;
      while (closer.canClose && closer.left > 0) {
        const floor = floors[kind] ?? -1;
        const at = openers.findLastIndex((opener) => opener.piece.start <= floor || pairs(opener, closer));
        const opener = openers[at];
        if (!opener || opener.piece.start <= floor) {
          floors[kind] = openers.at(-1)?.piece.start ?? -1;
          break;
        }
        join(opener, closer);
        // What stands between has found no partner.
        openers.length = opener.left > 0 ? at + 1 : at;
      }
      if (closer.canOpen && closer.left > 0) openers.push(closer);
    }
    return openers;
  }
}

function pairs(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.mark !== closer.mark) return false;
  if (closer.mark === '~') return opener.length === closer.length;
  // Rule of three (§6.2, rules 9 and 10).
  return (!opener.canClose && !closer.canOpen) || (opener.length + closer.length) % 3 !== 0 || opener.length % 3 === 0;
}

function join(opener: Delimiter, closer: Delimiter): void {
  const used = Math.min(2, opener.left, closer.left);
  opener.piece.opens.push({ kind: kindOf(closer.mark, used) });
  closer.piece.closes++;
  for (const delimiter of [opener, closer]) {
    delimiter.left -= used;
    delimiter.piece.text = delimiter.piece.text.slice(used);
  }
}

export const kindOf = (mark: string, length: number): ElementKind => {
  if (mark === '~') return 'del';
  return length > 1 ? 'strong' : 'em';
};
