import type { ElementAttributes, ElementKind } from './sink.js';

/** An element that opens at a piece. */
export interface Opening {
  readonly kind: ElementKind;
  readonly attributes?: ElementAttributes;
}

/**
 * A stretch of a paragraph's inlines, in the order of the source. A mark that opens or closes an element is a piece whose
 * text is what of it stayed literal; so nesting needs no tree, and a walk over the pieces writes it.
 */
export interface Piece {
  /** Where its text begins in the source. */
  readonly start: number;
  text: string;
  /** The text is the source, letter by letter. */
  readonly isPlain: boolean;
  /** How many elements end before the text. */
  closes: number;
  /** Elements that begin after the text, the outermost last: matches are found from the inside. */
  readonly opens: Opening[];
  /** An element without content of its own that stands here, after the text. */
  leaf: Opening | undefined;
  /** What the text stands for may change with what comes: nothing from here on is final. */
  isOpen: boolean;
}

/** A piece of text alone. */
export const pieceOf = (start: number, text: string, isPlain = false): Piece => ({
  start,
  text,
  isPlain,
  closes: 0,
  opens: [],
  leaf: undefined,
  isOpen: false,
});
