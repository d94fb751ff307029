import { endOf } from './link-syntax.js';

/** Raw HTML, which is recognized as CommonMark wants it and shown as the text it is. */

const TAG =
  /<[a-z][a-z\d-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^"'=<>`\s]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[a-z][a-z\d-]*\s*>/iy;

/** What begins with one ends with the other. */
type Enclosed = readonly [start: RegExp, end: RegExp];

/** In a line, and as a block. */
const ENCLOSED: readonly Enclosed[] = [
  [/<!--/y, /-->/g],
  [/<\?/y, /\?>/g],
  [/<!\[CDATA\[/y, /\]\]>/g],
  [/<![a-z]/iy, />/g],
];
/** As a block alone. */
const LITERAL: Enclosed = [/<(?:script|pre|textarea|style)(?=\s|>|$)/iy, /<\/(?:script|pre|textarea|style)>/gi];

const closingOf = (kinds: readonly Enclosed[], text: string, at: number): RegExp | undefined =>
  kinds.find(([start]) => endOf(start, text, at))?.[1];

/**
 * Finds the raw HTML of one text (CommonMark 0.31.2 §6.6), in time that grows with its length alone: the place behind the
 * tag, comment or the like that begins at a place; 0 where none does.
 */
export function htmlFinder(text: string): (at: number) => number {
  /** Ends that do not come any more from there on: looked for once. */
  const missing: RegExp[] = [];
  return (at) => {
    const tagEnd = endOf(TAG, text, at);
    const closing = closingOf(ENCLOSED, text, at);
    if (tagEnd || !closing || missing.includes(closing)) return tagEnd;
    // From its third character on: `<!-->` and `<!--->` are comments.
    const end = endOf(closing, text, at + 2);
    if (!end) missing.push(closing);
    return end;
  };
}

const BLOCK_START = new RegExp(
  '^</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
    'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
    'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|' +
    'track|ul)(?:\\s|/?>|$)',
  'i',
);
/** Such a line begins an HTML block where it does not go on with a paragraph. */
export const isTagAlone = (line: string): boolean => {
  const end = endOf(TAG, line, 0);
  return end > 0 && line.slice(end).trim() === '';
};

/**
 * What ends the HTML block that begins with this line (CommonMark 0.31.2 §4.6); null: a blank line does. `mayBeTag`: a tag
 * alone begins one.
 */
export const htmlBlockAt = (line: string, mayBeTag: boolean): RegExp | null | undefined =>
  line.startsWith('<')
    ? (closingOf([LITERAL, ...ENCLOSED], line, 0) ??
      (BLOCK_START.test(line) || (mayBeTag && isTagAlone(line)) ? null : undefined))
    : undefined;
