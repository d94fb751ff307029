/** Raw HTML, which is recognized as CommonMark wants it and shown as the text it is. */

const NAME = '[A-Za-z][A-Za-z\\d-]*';
const ATTRIBUTE = '\\s+[a-zA-Z_:][\\w.:-]*(?:\\s*=\\s*(?:[^"\'=<>`\\s]+|\'[^\']*\'|"[^"]*"))?';
const TAG = new RegExp(`<${NAME}(?:${ATTRIBUTE})*\\s*/?>|</${NAME}\\s*>`, 'y');

/** What begins with these ends with those, in a line and as a block. */
const ENCLOSED: readonly (readonly [start: RegExp, end: string])[] = [
  [/<!--/y, '-->'],
  [/<\?/y, '?>'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<![A-Za-z]/y, '>'],
];

const startsAt = (expression: RegExp, text: string, at: number): boolean => {
  expression.lastIndex = at;
  return expression.test(text);
};

const enclosedAt = (text: string, at: number): string | undefined =>
  ENCLOSED.find(([start]) => startsAt(start, text, at))?.[1];

/** Finds the raw HTML of one text (CommonMark 0.31.2 §6.6), in time that grows with its length alone. */
export class InlineHtml {
  readonly #text: string;
  /** Ends that do not come any more from there on: looked for once. */
  readonly #missing = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Behind the tag, comment or the like that begins here; undefined where none does. */
  endAt(at: number): number | undefined {
    if (startsAt(TAG, this.#text, at)) return TAG.lastIndex;
    const end = enclosedAt(this.#text, at);
    if (end === undefined || this.#missing.has(end)) return undefined;
    // From its third character on: `<!-->` and `<!--->` are comments.
    const found = this.#text.indexOf(end, at + 2);
    if (found >= 0) return found + end.length;
    this.#missing.add(end);
    return undefined;
  }
}

const BLOCK_START = new RegExp(
  '^</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|' +
    'dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|' +
    'menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|' +
    'tr|track|ul)(?:\\s|/?>|$)',
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

const AUTOLINK_START = /^<[A-Za-z][A-Za-z\d+.-]{1,31}:/;
const CUT_NAME = /^<\/?(?:[A-Za-z][A-Za-z\d-]*\/?)?$/;

/** A line that has begun, of which its rest may still make an HTML block, or none. */
export function mayBecomeHtmlBlock(line: string, interrupts: boolean): boolean {
  if (CUT_NAME.test(line) || line === '<!-' || '<![CDATA['.startsWith(line)) return true;
  if (!/^<\/?[A-Za-z]/.test(line) || AUTOLINK_START.test(line)) return false;
  if (interrupts || htmlBlockAt(line, true)) return false;
  return !startsAt(TAG, line, 0) || isTagAlone(line);
}
