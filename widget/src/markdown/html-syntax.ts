/** Raw HTML, which is recognized as CommonMark wants it and shown as the text it is. */

const NAME = '[A-Za-z][A-Za-z\\d-]*';
const ATTRIBUTE = '\\s+[a-zA-Z_:][\\w.:-]*(?:\\s*=\\s*(?:[^"\'=<>`\\s]+|\'[^\']*\'|"[^"]*"))?';
const OPEN_TAG = `<${NAME}(?:${ATTRIBUTE})*\\s*/?>`;
const CLOSE_TAG = `</${NAME}\\s*>`;
const TAG = new RegExp(`${OPEN_TAG}|${CLOSE_TAG}`, 'y');
const TAG_ALONE = new RegExp(`^(?:${OPEN_TAG}|${CLOSE_TAG})\\s*$`);

/** What begins with these ends with those. */
const ENCLOSED: readonly (readonly [RegExp, string])[] = [
  [/<!-->|<!--->/y, ''],
  [/<!--/y, '-->'],
  [/<\?/y, '?>'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<![A-Za-z]/y, '>'],
];

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
    TAG.lastIndex = at;
    if (TAG.test(this.#text)) return TAG.lastIndex;
    for (const [start, end] of ENCLOSED) {
      start.lastIndex = at;
      if (!start.test(this.#text)) continue;
      if (end === '') return start.lastIndex;
      if (this.#missing.has(end)) return undefined;
      const found = this.#text.indexOf(end, start.lastIndex);
      if (found >= 0) return found + end.length;
      this.#missing.add(end);
      return undefined;
    }
    return undefined;
  }
}

const BLOCK_NAMES =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|' +
  'track|ul';

/** How an HTML block begins and ends (CommonMark 0.31.2 §4.6, kinds 1 to 6); without `end` it ends at a blank line. */
const BLOCKS: readonly { readonly start: RegExp; readonly end?: RegExp }[] = [
  { start: /^<(?:script|pre|textarea|style)(?:\s|>|$)/i, end: /<\/(?:script|pre|textarea|style)>/i },
  { start: /^<!--/, end: /-->/ },
  { start: /^<\?/, end: /\?>/ },
  { start: /^<![A-Za-z]/, end: />/ },
  { start: /^<!\[CDATA\[/, end: /\]\]>/ },
  { start: new RegExp(`^</?(?:${BLOCK_NAMES})(?:\\s|/?>|$)`, 'i') },
];

/** The HTML block that begins with this line; a tag alone on its line (kind 7) cannot interrupt a paragraph. */
export function htmlBlockAt(line: string, interrupts: boolean): { readonly end?: RegExp } | undefined {
  const block = BLOCKS.find(({ start }) => start.test(line));
  if (block) return block.end ? { end: block.end } : {};
  return !interrupts && TAG_ALONE.test(line) ? {} : undefined;
}

const AUTOLINK_START = /^<[A-Za-z][A-Za-z\d+.-]{1,31}:/;
const SPECIAL_START_CUT = /^<(?:!(?:-|\[(?:C(?:D(?:A(?:TA?)?)?)?)?)?)?$/;
const NAME_CUT = /^<\/?(?:[A-Za-z][A-Za-z\d-]*\/?)?$/;

/** A line that has begun, of which its rest may still make an HTML block, or none. */
export function mayBecomeHtmlBlock(line: string, interrupts: boolean): boolean {
  if (SPECIAL_START_CUT.test(line) || NAME_CUT.test(line)) return true;
  if (!/^<\/?[A-Za-z]/.test(line) || AUTOLINK_START.test(line)) return false;
  if (interrupts || BLOCKS.some(({ start }) => start.test(line))) return false;
  TAG.lastIndex = 0;
  return !TAG.test(line) || !/\S/.test(line.slice(TAG.lastIndex));
}
