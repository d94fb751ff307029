/** Names, each with its character. */
const SIGNS =
  'quot"amp&apos\'lt<gt>nbsp\xa0pound£copy©laquo«reg®deg°middot·raquo»times×auml\xe4ouml\xf6ndash–mdash—lsquo‘rsquo’' +
  'ldquo“rdquo”bull•hellip…euro€trade™rarr→';

const ESCAPE_OR_REFERENCE = /\\([!-/:-@[-`{-~])|&(?:#(x[\da-f]{1,6}|\d{1,7})|(\w+));/gi;

/**
 * Backslash escapes and character references (CommonMark 0.31.2 §2.4, §2.5) resolved. Numeric ones all; of the 2,125 named
 * ones those that replies use. The rest stays as it is written: it is text, in an address too, so it hides nothing.
 */
export function unescapeText(text: string): string {
  return text.replace(
    ESCAPE_OR_REFERENCE,
    (found, escaped?: string, number?: string, name?: string) =>
      // `0x…` is a number for `Number`, too.
      escaped ?? (number === undefined ? signOf(name) : fromNumber(Number(`0${number}`))) ?? found,
  );
}

const signOf = (name: string | undefined): string | undefined => RegExp(`\\b${name}(\\W)`).exec(SIGNS)?.[1];

/** U+FFFD for what is no character. */
const fromNumber = (point: number): string =>
  point > 0 && point <= 0x10_ff_ff ? wellFormed(String.fromCodePoint(point)) : '\ufffd';

/** With U+FFFD for half a pair of surrogates. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
