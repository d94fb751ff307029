/** U+00A0 to U+00FF, in that order. */
const LATIN_1 = (
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute ' +
  'micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig ' +
  'Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash ' +
  'Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ' +
  'ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc ' +
  'uuml yacute thorn yuml'
).split(' ');

/** Others that prose uses, and those that stand for ASCII. `name:character`. */
const OTHERS = (
  'quot:" amp:& lt:< gt:> apos:\x27 ndash:– mdash:— lsquo:‘ rsquo:’ sbquo:‚ ldquo:“ rdquo:” bdquo:„ bull:• ' +
  'hellip:… prime:′ Prime:″ dagger:† permil:‰ lsaquo:‹ rsaquo:› euro:€ trade:™ larr:← uarr:↑ rarr:→ darr:↓ ' +
  'harr:↔ rArr:⇒ hArr:⇔ minus:− le:≤ ge:≥ ne:≠ asymp:≈ infin:∞ sum:∑ radic:√ ensp:\u2002 emsp:\u2003 ' +
  'thinsp:\u2009 zwnj:\u200c zwj:\u200d lrm:\u200e rlm:\u200f OElig:Œ oelig:œ Scaron:Š scaron:š alpha:α beta:β ' +
  'gamma:γ delta:δ epsilon:ε lambda:λ mu:μ pi:π sigma:σ omega:ω Delta:Δ Omega:Ω Tab:\x09 NewLine:\x0a colon:: ' +
  'lpar:( rpar:) lsqb:[ rsqb:] lbrack:[ rbrack:] sol:/ bsol:\x5c ast:* num:# lowbar:_ vert:| grave:\x60 check:✓ ' +
  'cross:✗ star:☆'
).split(' ');

const NAMED = new Map<string, string>([
  ...LATIN_1.map((name, index): [string, string] => [name, String.fromCodePoint(160 + index)]),
  ...OTHERS.map((pair): [string, string] => [pair.slice(0, -2), pair.slice(-1)]),
]);

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
