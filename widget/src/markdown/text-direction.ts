/** Of a block: '' before its first letter. */
export type Direction = '' | 'ltr' | 'rtl';

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** That of its first letter. */
export function directionOf(text: string): Direction {
  const letter = LETTER.exec(text)?.[0];
  return letter ? (RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr') : '';
}
