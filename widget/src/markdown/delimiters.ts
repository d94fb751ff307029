import { characterAt, characterBefore, isPunctuation, isWhitespace, isWordCharacter } from './characters.js';
import { type Piece, piece } from './pieces.js';
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
  /** Between two letters: seldom meant as a mark. */
  readonly isInWord: boolean;
  previous: Delimiter | undefined;
  next: Delimiter | undefined;
}

const RUN = /\*+|_+|~+/y;

/** The marks of emphasis in one text, and the algorithm that pairs them. */
export class Delimiters {
  #last: Delimiter | undefined;

  /** The newest mark: what comes later stands above it. */
  get last(): Delimiter | undefined {
    return this.#last;
  }

  /** Reads the run that begins here. */
  read(text: string, at: number, strikethrough: boolean): Piece {
    RUN.lastIndex = at;
    const run = RUN.exec(text)?.[0] ?? '';
    const mark = run.charAt(0);
    const before = characterBefore(text, at);
    const after = characterAt(text, at + run.length);
    const isLeft = !isWhitespace(after) && (!isPunctuation(after) || isWhitespace(before) || isPunctuation(before));
    const isRight = !isWhitespace(before) && (!isPunctuation(before) || isWhitespace(after) || isPunctuation(after));
    const isUnderscore = mark === '_';
    const created = piece(at, run);
    if (mark === '~' && (!strikethrough || run.length > 2)) return created;
    const delimiter: Delimiter = {
      piece: created,
      mark,
      length: run.length,
      left: run.length,
      canOpen: isLeft && (!isUnderscore || !isRight || isPunctuation(before)),
      canClose: isRight && (!isUnderscore || !isLeft || isPunctuation(after)),
      isInWord: isWordCharacter(before) && isWordCharacter(after),
      previous: this.#last,
      next: undefined,
    };
    if (!delimiter.canOpen && !delimiter.canClose) return created;
    if (this.#last) this.#last.next = delimiter;
    this.#last = delimiter;
    return created;
  }

  /** Pairs the marks above one (all of them above undefined), and forgets them. */
  pair(bottom: Delimiter | undefined): void {
    this.#match(bottom);
    this.#last = bottom;
    if (bottom) bottom.next = undefined;
  }

  /** Pairs all marks; the openers that found no partner, in the order of the text. */
  pairAll(): Delimiter[] {
    this.#match(undefined);
    const openers: Delimiter[] = [];
    for (let delimiter = this.#last; delimiter; delimiter = delimiter.previous) {
      if (delimiter.canOpen && delimiter.left > 0) openers.unshift(delimiter);
    }
    return openers;
  }

  /** The "process emphasis" procedure of CommonMark's appendix. */
  #match(bottom: Delimiter | undefined): void {
    // Below these no opener was found for a closer of that kind: each mark is passed once.
    const floors = new Map<string, number>();
    const bottomStart = bottom?.piece.start ?? -1;
    let closer = this.#above(bottom);
    while (closer) {
      if (!closer.canClose || closer.left === 0) {
        closer = closer.next;
        continue;
      }
      const kind = `${closer.mark}${closer.canOpen ? 1 : 0}${closer.mark === '~' ? closer.length : closer.length % 3}`;
      const floor = floors.get(kind) ?? bottomStart;
      let opener = closer.previous;
      while (opener && opener.piece.start > floor && !pairs(opener, closer)) opener = opener.previous;
      if (opener && opener.piece.start > floor) {
        this.#join(opener, closer);
        continue;
      }
      floors.set(kind, closer.previous?.piece.start ?? bottomStart);
      const { next } = closer;
      if (!closer.canOpen) this.#remove(closer);
      closer = next;
    }
  }

  #above(bottom: Delimiter | undefined): Delimiter | undefined {
    let lowest = this.#last;
    while (lowest && lowest.previous !== bottom) lowest = lowest.previous;
    return lowest === bottom ? undefined : lowest;
  }

  #join(opener: Delimiter, closer: Delimiter): void {
    const isStrike = closer.mark === '~';
    const used = isStrike ? closer.length : Math.min(2, opener.left, closer.left);
    opener.piece.opens.push({ kind: kindOf(closer.mark, used) });
    closer.piece.closes++;
    for (const delimiter of [opener, closer]) {
      delimiter.left -= used;
      delimiter.piece.text = delimiter.mark.repeat(delimiter.left);
    }
    // What stands between has found no partner.
    opener.next = closer;
    closer.previous = opener;
    if (opener.left === 0) this.#remove(opener);
    if (closer.left === 0) this.#remove(closer);
  }

  /** Out of the line; its own `next` stays, for whoever walks. */
  #remove(delimiter: Delimiter): void {
    const { previous, next } = delimiter;
    if (previous) previous.next = next;
    if (next) next.previous = previous;
    else this.#last = previous;
  }
}

export const kindOf = (mark: string, length: number): ElementKind => {
  if (mark === '~') return 'strikethrough';
  return length === 2 ? 'strong' : 'emphasis';
};

function pairs(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.mark !== closer.mark || !opener.canOpen || opener.left === 0) return false;
  if (closer.mark === '~') return opener.length === closer.length;
  // Rule of three (§6.2, rules 9 and 10).
  const isEither = opener.canClose || closer.canOpen;
  return !isEither || (opener.length + closer.length) % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0);
}
