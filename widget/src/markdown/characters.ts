/** Classes of characters, as CommonMark 0.31.2 §2.1 defines them. */

const PUNCTUATION = /[\p{P}\p{S}]/u;
const WHITESPACE = /\s/;
/** Not those of scripts that set no blanks between words: there a mark stands between two letters as a rule. */
const WORD = /(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}])[\p{L}\p{N}]/u;

export const isPunctuation = (character: string): boolean => PUNCTUATION.test(character);
/** '' is the beginning or the end of a text: it counts as whitespace. */
export const isWhitespace = (character: string): boolean => character === '' || WHITESPACE.test(character);
export const isWordCharacter = (character: string): boolean => WORD.test(character);

/** The character before a place, which may be one of two UTF-16 units; '' at the beginning. */
export function characterBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 1 ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at);
}

/** The character at a place; '' at the end. */
export function characterAt(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}
