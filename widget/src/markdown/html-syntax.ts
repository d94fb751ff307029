import { matchAt } from './link-syntax.js';

/** Raw HTML, which is recognized as CommonMark wants it and shown as the text it is. */

const TAG =
  /<[a-z][a-z\d-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^"'=<>`\s]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[a-z][a-z\d-]*\s*>/iy;

/** What begins with these ends with those, in a line and as a block. */
const ENCLOSED: readonly (readonly [start: RegExp, end: string])[] = [
  [/<!--/y, '-->'],
  [/<\?/y, '?>'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<![a-z]/iy, '>'],
];

const enclosedAt = (text: string, at: number): string | undefined =>
  ENCLOSED.find(([start]) => matchAt(start, text, at))?.[1];

/**
 * Finds the raw HTML of one text (CommonMark 0.31.2 §6.6), in time that grows with its length alone: the place behind the
 * tag, comment or the like that begins at a place; undefined where none does.
 */
export function htmlFinder(text: string): (at: number) => number | undefined {
  /** Ends that do not come any more from there on: looked for once. */
  const missing = new Set<string>();
  return (at) => {
    const tag = matchAt(TAG, text, at);
    if (tag) return at + tag.length;
    const end = enclosedAt(text, at);
    if (end === undefined || missing.has(end)) return undefined;
    // From its third character on: `<!-->` and `<!--->` are comments.
    const found = text.indexOf(end, at + 2);
    if (found >= 0) return found + end.length;
    missing.add(end);
    return undefined;
  };
}

const BLOCK_START = new RegExp(
  '^</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
    'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
    'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|' +
    'track|ul)(?:\\s|/?>|$)',
  'i',
);
const LITERAL_START = /^<(?:script|pre|textarea|style)(?:\s|>|$)/i;
const LITERAL_END = /<\/(?:script|pre|textarea|style)>/i;

/** Whether a line ends an HTML block. */
export type HtmlEnd = (line: string) => boolean;

/** An HTML block; without `isEnd` a blank line ends it. */
export interface HtmlStart {
  readonly isEnd?: HtmlEnd;
}

/** The HTML block that begins with this line (CommonMark 0.31.2 §4.6), but for one of a tag alone. */
export function htmlBlockAt(line: string): HtmlStart | undefined {
  if (LITERAL_START.test(line)) return { isEnd: (last) => LITERAL_END.test(last) };
  const end = enclosedAt(line, 0);
  if (end !== undefined) return { isEnd: (last) => last.includes(end) };
  return BLOCK_START.test(line) ? {} : undefined;
}

/** Such a line begins an HTML block, too, where it does not go on with a paragraph. */
export const isTagAlone = (line: string): boolean => {
  const tag = matchAt(TAG, line, 0);
  return tag !== undefined && line.slice(tag.length).trim() === '';
};
