import type { ContainerStart } from './containers.js';
import type { Line } from './line.js';

/** What begins an item, and a list where none of its kind is open. */
interface ListMarker extends ContainerStart {
  readonly length: number;
}

const LIST_MARKER = /^(?:(\d{1,9})([.)])|[*+-])(?=[ \t]|$)/;
export const THEMATIC_BREAK = /^([*_-])(?:[ \t]*\1){2,}[ \t]*$/;
export const SETEXT_UNDERLINE = /^(?:=+|-+)[ \t]*$/;
export const ATX_MARK = /^#{1,6}(?=[ \t]|$)/;
export const FENCE = /^`{3,}(?!.*`)|^~{3,}/s;

/** `interrupts`: the line would otherwise continue a paragraph, which an empty item or a number but 1 cannot. */
export function listMarkerAt(rest: string, interrupts: boolean): ListMarker | undefined {
  const found = LIST_MARKER.exec(rest);
  if (!found) return undefined;
  const [{ length }, digits, mark = found[0]] = found;
  const start = Number(digits ?? 1);
  if (interrupts && (start !== 1 || !/[^ \t]/.test(rest.slice(length)))) return undefined;
  return { kind: digits ? 'ol' : 'ul', attributes: digits ? { start } : {}, mark, length };
}

/** Passes over a list marker and the blanks behind it; the columns by which the item's content is indented. */
export function skipListMarker(line: Line, { length }: ListMarker): number {
  const { indent } = line;
  line.skipMark(length);
  // Five columns and more are one, and an indented code block.
  const blanks = line.isBlank || line.indent > 4 ? 1 : line.indent;
  line.skip(blanks);
  return indent + length + blanks;
}

const UNDECIDED: readonly RegExp[] = [
  /^#{1,6}(?:[ \t][# \t]*)?$/,
  /^([`~])\1?$|^`{3,}[^`]*$|^~{3}/,
  /^([*_+-])(?:[ \t]*\1)*[ \t]*$/,
  /^\d{1,9}(?:[.)][ \t]*)?$/,
  // The name of a tag, or what begins a comment, a declaration or CDATA.
  /^<(?:\/?(?:[a-z][a-z\d-]*\/?)?|!(?:-|\[[a-z]{0,5})?)$/i,
];

/**
 * Whether the rest of a line that has begun may still be one block or another, so that nothing of it can be shown.
 * `interrupts`: the line would otherwise continue a paragraph.
 */
export function isUndecided(rest: string, interrupts: boolean): boolean {
  return UNDECIDED.some((pattern) => pattern.test(rest)) || (interrupts && /^(?:=+[ \t]*|[-:|][-:| \t]*)$/.test(rest));
}
