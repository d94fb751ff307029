/** Classes of characters, as CommonMark 0.31.2 §2.1 defines them. */

const PUNCTUATION = /[\p{P}\p{S}]/u;
/** How much a character is part of a word: 0 for whitespace, the beginning and the end of a text, 1 for punctuation, else 2. */
export const rankOf = (character: string): number =>
  character.trim() === '' ? 0 : PUNCTUATION.test(character) ? 1 : 2;

/**
 * Chinese, Japanese and Korean letters and punctuation: beside them punctuation keeps no mark from opening or closing
 * (https://github.com/tats-u/markdown-cjk-friendly, without its variation selectors).
 */
export const isCjk = (text: string): boolean => /[\p{Ideo}\p{sc=Hang}\u2e80-\ua4cf\ufe10-\uffee]/u.test(text);

/** The character before a place, which may be one of two UTF-16 units; '' at the beginning. */
export const characterBefore = (text: string, at: number): string =>
  Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';

/** The character at a place; '' at the end. */
export const characterAt = (text: string, at: number): string => Array.from(text.slice(at, at + 2))[0] ?? '';
