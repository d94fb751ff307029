/** Classes of characters, as CommonMark 0.31.2 §2.1 defines them. */

const PUNCTUATION = /[\p{P}\p{S}]/u;
const WHITESPACE = /^\s?$/;
/**
 * Letters that have a case, and digits. Other scripts set no blanks between words, or join a short word to the next, as
 * Arabic does: there a mark stands between two letters as a rule.
 */
const WORD = /[\p{LC}\p{N}]/u;

export const isPunctuation = (character: string): boolean => PUNCTUATION.test(character);
/** '' is the beginning or the end of a text: it counts as whitespace. */
export const isWhitespace = (character: string): boolean => WHITESPACE.test(character);
export const isWordCharacter = (character: string): boolean => WORD.test(character);

/** The character before a place, which may be one of two UTF-16 units; '' at the beginning. */
export const characterBefore = (text: string, at: number): string =>
  /.?$/su.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? '';

/** The character at a place; '' at the end. */
export const characterAt = (text: string, at: number): string => /^.?/su.exec(text.slice(at, at + 2))?.[0] ?? '';
