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

const startsAt = (expression: RegExp, text: string, at: number): boolean => {
  expression.lastIndex = at;
  return expression.test(text);
};

const enclosedAt = (text: string, at: number): string | undefined =>
  ENCLOSED.find(([start]) => startsAt(start, text, at))?.[1];

/**
 * Finds the raw HTML of one text (CommonMark 0.31.2 §6.6), in time that grows with its length alone: the place behind the
 * tag, comment or the like that begins at a place; undefined where none does.
 */
export function htmlFinder(text: string): (at: number) => number | undefined {
  /** Ends that do not come any more from there on: looked for once. */
  const missing = new Set<string>();
  return (at) => {
    if (startsAt(TAG, text, at)) return TAG.lastIndex;
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
  '^</?(?:address|a(?:rticl|sid)e|base(?:font)?|blockquote|body|caption|center|col(?:group)?|d(?:etails|ialog|i[rv]|[dlt])|' +
    'fieldset|fig(?:caption|ure)|footer|form|frame(?:set)?|h(?:[1-6r]|ead(?:er)?|tml)|iframe|legend|li(?:nk)?|main|' +
    'menu(?:item)?|nav|noframes|o(?:l|pt(?:ion|group))|p(?:aram)?|search|section|summary|' +
    't(?:[dhr]|able|body|foot|head|itle|rack)|ul)(?:\\s|/?>|$)',
  'i',
);
const LITERAL_START = /^<(?:script|pre|textarea|style)(?:\s|>|$)/i;
const LITERAL_END = /<\/(?:script|pre|textarea|style)>/i;

/** Whether a line ends an HTML block. */
export type HtmlEnd = (line: string) => boolean;

/** The HTML block that begins with this line (CommonMark 0.31.2 §4.6); without `isEnd` a blank line ends it. */
export function htmlBlockAt(line: string, interrupts: boolean): { readonly isEnd?: HtmlEnd } | undefined {
  if (LITERAL_START.test(line)) return { isEnd: (last) => LITERAL_END.test(last) };
  const end = enclosedAt(line, 0);
  if (end !== undefined) return { isEnd: (last) => last.includes(end) };
  if (BLOCK_START.test(line)) return {};
  // A tag alone on its line cannot interrupt a paragraph.
  return !interrupts && isTagAlone(line) ? {} : undefined;
}

const isTagAlone = (line: string): boolean => startsAt(TAG, line, 0) && line.slice(TAG.lastIndex).trim() === '';

const AUTOLINK_START = /^<[a-z][a-z\d+.-]{1,31}:/i;
const CUT_NAME = /^<\/?(?:[a-z][a-z\d-]*\/?)?$/i;

/** A line that has begun, of which its rest may still make an HTML block, or none. */
export function mayBecomeHtmlBlock(line: string, interrupts: boolean): boolean {
  if (CUT_NAME.test(line) || line === '<!-' || '<![CDATA['.startsWith(line)) return true;
  if (!/^<\/?[a-z]/i.test(line) || AUTOLINK_START.test(line)) return false;
  if (interrupts || htmlBlockAt(line, true)) return false;
  return !startsAt(TAG, line, 0) || isTagAlone(line);
}
