/** Names with their characters; a name without one stands for the character after the one before it. */
const SIGNS =
  'Tab\t NewLine quot" num# amp& apos lpar rpar ast sol/ colon: lt< gt> lsqb[ bsol rsqb lowbar_ grave vert| nbsp\xa0 ' +
  'cent¢ pound yen¥ sect§ copy© laquo« reg® deg° plusmn para¶ middot raquo» frac14 frac12 frac34 AEligÆ times× auml\xe4 ' +
  'ouml\xf6 divide÷ Dcaron\u010e ndash– mdash lsquo‘ rsquo ldquo“ rdquo bdquo bull• hellip… euro€ trade™ larr← uarr ' +
  'rarr darr harr rArr⇒ minus− radic√ infin∞ asymp≈ ne≠ le≤ ge';

const NAMED = readNames();

const REFERENCE = /&(?:#[xX]([\da-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z\d]{1,31}));/y;

/**
 * The character reference (CommonMark 0.31.2 §2.5) that begins at a place: what it stands for, and its length; undefined
 * where there is none. Numeric ones all; of the 2,125 named ones those for punctuation and signs that prose uses, and for
 * what could hide a scheme. The rest stays as it is written.
 */
export function entityAt(text: string, at: number): { readonly text: string; readonly length: number } | undefined {
  REFERENCE.lastIndex = at;
  const [all, hex, decimal, name] = REFERENCE.exec(text) ?? [];
  if (all === undefined) return undefined;
  const value =
    name === undefined ? fromNumber(hex === undefined ? Number(decimal) : parseInt(hex, 16)) : NAMED.get(name);
  return value === undefined ? undefined : { text: value, length: all.length };
}

function readNames(): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  let sign = '';
  for (const [, name = '', written] of SIGNS.matchAll(/([a-z\d]+)([^ ]?)/gi)) {
    sign = written || String.fromCharCode(sign.charCodeAt(0) + 1);
    names.set(name, sign);
  }
  return names;
}

/** U+FFFD for what is no character. */
function fromNumber(point: number): string {
  const isCharacter = point > 0 && point <= 0x10_ff_ff && (point < 0xd8_00 || point > 0xdf_ff);
  return String.fromCodePoint(isCharacter ? point : 0xff_fd);
}

const ESCAPE_OR_REFERENCE = /\\[!-/:-@[-`{-~]|&[#\w]{1,33};/g;

/** Backslash escapes and character references resolved, as in destinations, titles and info strings. */
export function unescapeText(text: string): string {
  return text.replace(ESCAPE_OR_REFERENCE, (found) =>
    found[0] === '\\' ? found.slice(1) : (entityAt(found, 0)?.text ?? found),
  );
}
