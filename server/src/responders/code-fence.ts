/** Backticks or tildes that open code, and what stands before them: blanks, the marks of quotations and lists. */
export interface Fence {
  readonly mark: string;
  readonly before: string;
  /** Whether it is within a list, and ends with that. */
  readonly isList: boolean;
}

const OPENING = /^((?:[ \t>]|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*)(`{3,}(?=[^`]*$)|~{3,})/;
const CLOSING = /^([ \t>]*)(`{3,}|~{3,})\s*$/;
/** From so many columns on it is a fence only within a list. */
const LIST_COLUMNS = 4;
/** What is within a list has at least so many columns before it. */
const LEAST_COLUMNS = 2;

/** The fence that a line opens. `isList`: whether it is within a list; elsewhere four blanks before it make it text. */
export function fenceIn(line: string, isList: boolean): Fence | undefined {
  const [, before = '', mark] = OPENING.exec(line) ?? [];
  if (mark === undefined) return undefined;
  const isText = !isList && before.trim() === '' && columnsOf(before) >= LIST_COLUMNS;
  return isText ? undefined : { mark, before, isList };
}

/** Whether what follows a line is within a list, where it was so before the line: up to one that begins at its left. */
export function isListLine(line: string, wasList: boolean): boolean {
  const [, before = '', marker] = /^([ \t>]*)([-+*]|\d{1,9}[.)])?(?:[ \t]|$)/.exec(line) ?? [];
  if (marker !== undefined && (wasList || columnsOf(before) < LIST_COLUMNS)) return true;
  return wasList && (line.trim() === '' || columnsOf(/^[ \t]*/.exec(line)?.[0] ?? '') >= LEAST_COLUMNS);
}

/** Whether a line, which may be only begun, stands outside of the quotation or the list that a fence was opened in. */
export function isLeftBy({ before, isList }: Fence, line: string): boolean {
  if (before.includes('>')) return !/^[ \t]*>/.test(line);
  if (line.trim() === '') return false;
  const columns = columnsOf(/^[ \t]*/.exec(line)?.[0] ?? '');
  if (before.trim() !== '') return columns < columnsOf(before);
  return isList && columnsOf(before) >= LEAST_COLUMNS && columns < LEAST_COLUMNS;
}

/** Whether a line closes a fence; one that is indented further than it, or quoted within it, is a part of the code. */
export function isClosedBy({ mark, before }: Fence, line: string): boolean {
  const [, start = '', end = ''] = CLOSING.exec(line) ?? [];
  if (start.includes('>') && !before.includes('>')) return false;
  return end.startsWith(mark) && columnsOf(start) < columnsOf(before) + LIST_COLUMNS;
}

/** Whether the last backticks of a text are as many as these, and so close code within a line that so many opened. */
export const endsCode = (text: string, ticks: number): boolean =>
  text.endsWith('`'.repeat(ticks)) && text.charAt(text.length - ticks - 1) !== '`';

/** How far a line's beginning reaches: a tab goes on to the next fourth column. */
function columnsOf(start: string): number {
  let columns = 0;
  for (const character of start) columns += character === '\t' ? 4 - (columns % 4) : 1;
  return columns;
}
