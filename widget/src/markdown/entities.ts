/** Names with their characters; a name without one stands for the character after the one before it. */
const SIGNS =
  'Tab\t NewLine quot" num# amp& apos lpar rpar ast sol/ colon: lt< gt> lsqb[ bsol rsqb lowbar_ grave lbrack[ vert| ' +
  'rbrack] nbsp\xa0 iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 ' +
  'acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest AEligÆ ETHÐ times× Oslash THORNÞ szlig ' +
  'aeligæ ethð divide÷ oslash thornþ OEligŒ oelig DeltaΔ OmegaΩ alphaα beta gamma delta epsilon lambdaλ mu piπ sigmaσ omegaω ' +
  'ensp\u2002 emsp thinsp\u2009 zwnj\u200c zwj lrm rlm ndash– mdash lsquo‘ rsquo sbquo ldquo“ rdquo bdquo ' +
  'dagger† bull• hellip… permil‰ prime′ Prime lsaquo‹ rsaquo euro€ trade™ larr← uarr rarr darr harr rArr⇒ hArr⇔ sum∑ ' +
  'minus− radic√ infin∞ asymp≈ ne≠ le≤ ge star☆ check✓ cross✗';

/** The names of accents, each with its combining character and the letters that HTML has with it: `Eacute`, `eacute`. */
const ACCENTS =
  'grave\u0300AEIOU acute\u0301ACEILNORSUYZ circ\u0302ACEGHIJOSUWY tilde\u0303AINOU uml\u0308AEIOUY ring\u030aAU ' +
  'caron\u030cCDELNRSTZ cedil\u0327CKLNRST';

const NAMED = readNames();

const REFERENCE = /&(?:#[xX]([\da-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z\d]{1,31}));/y;

/**
 * The character reference (CommonMark 0.31.2 §2.5) that begins at a place: what it stands for, and its length; undefined
 * where there is none. Numeric ones all; of the 2,125 named ones those that texts use, the rest stays as it is written.
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
  for (const [, name = '', accent = '', letters = ''] of ACCENTS.matchAll(/([a-z]+)(.)([A-Z]+)/g)) {
    for (const letter of letters + letters.toLowerCase()) names.set(letter + name, (letter + accent).normalize());
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
