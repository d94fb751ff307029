import { unescapeText, wellFormed } from './entities.js';

const LABEL = /\[(?:[^\\[\]]|\\[^]){0,999}\]/y;
const CUT_LABEL = /\[(?:[^\\[\]]|\\[^]){0,999}\\?$/y;
const ANGLE_DESTINATION = /<(?:[^<>\n\\]|\\.)*>/y;
const TITLE = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\((?:[^()\\]|\\[^])*\)/y;
const CUT_TITLE = /["']|\([^(]*$/y;
const SPACES_AND_ONE_BREAK = /[ \t]*(?:\n[ \t]*)?/y;
/** More open parentheses than this are no destination any more; CommonMark asks for at least three. */
const MAX_PARENTHESES = 32;

/** What a parser found: where it ends, or why it found nothing. Null: the text ended where more could have made it one. */
export type Found<T> = (T & { readonly end: number }) | undefined | null;

/** Where a sticky expression's match at a place ends, or a global one's from there on; 0 where there is none. */
export function endOf(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  expression.test(text);
  return expression.lastIndex;
}

/** A link label with its brackets, at most 999 characters (CommonMark 0.31.2 §4.7); '' where there is none. */
export const labelAt = (text: string, at: number): string => text.slice(at, endOf(LABEL, text, at));

/** The text ends in a label that began here. */
export const isCutLabelAt = (text: string, at: number): boolean => endOf(CUT_LABEL, text, at) > 0;

/** Labels match regardless of case and of the amount of white space. */
export const normalizeLabel = (label: string): string =>
  label.slice(1, -1).trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();

/** A link destination (CommonMark 0.31.2 §6.3), unescaped and percent-encoded. */
function destinationAt(text: string, at: number): Found<InlineTarget> {
  let end = at;
  if (text[at] === '<') {
    end = endOf(ANGLE_DESTINATION, text, at);
    if (end > 0) return found(text.slice(at + 1, end - 1));
    return /[<>\n]/.test(text.slice(at + 1, at + 2_000)) ? undefined : null;
  }
  let open = 0;
  for (; end < text.length; end++) {
    const character = text[end] ?? '';
    if (character === '\\' && /[\\()]/.test(text[end + 1] ?? '')) end++;
    else if (character === '(') {
      if (++open > MAX_PARENTHESES) return undefined;
    } else if (character === ')') {
      if (open-- === 0) break;
    } else if (character <= ' ' || character === '\x7f') break;
  }
  if (end === text.length && (open > 0 || end === at)) return null;
  return open > 0 ? undefined : found(text.slice(at, end));

  function found(source: string) {
    return { destination: normalizeUri(unescapeText(source)), end };
  }
}

/** A link title, unescaped. */
function titleAt(text: string, at: number): Found<{ readonly title: string }> {
  const end = endOf(TITLE, text, at);
  if (end > 0) return { title: unescapeText(text.slice(at + 1, end - 1)), end };
  return endOf(CUT_TITLE, text, at) > 0 ? null : undefined;
}

export interface InlineTarget {
  readonly destination: string;
  readonly title?: string | undefined;
}

/**
 * A destination and what title it has, then `end`: of a link, or of a definition, whose second line may turn out to be
 * none of it. `isCut`: more of the text may come; then null is answered as long as that could change anything.
 */
export function targetAt(text: string, at: number, end: RegExp, isCut: boolean): Found<InlineTarget> {
  const target = destinationAt(text, endOf(SPACES_AND_ONE_BREAK, text, at));
  if (!target) return target;
  const titleStart = endOf(SPACES_AND_ONE_BREAK, text, target.end);
  const titled = titleStart > target.end ? titleAt(text, titleStart) : undefined;
  const read = titled ? endOf(SPACES_AND_ONE_BREAK, text, titled.end) : titleStart;
  if (isCut && (titled === null || read === text.length)) return null;
  for (const found of [{ ...target, ...titled }, target]) {
    const endOfAll = endOf(end, text, found.end);
    if (endOfAll > 0) return { ...found, end: endOfAll };
  }
  return undefined;
}

const UNSAFE_IN_URI = /%(?![\da-fA-F]{2})|[^%\w;/?:@&=+$,\-.!~*'()#]/gu;

/** Percent-encodes what may not stand in a URI; what is encoded already stays. */
export function normalizeUri(uri: string): string {
  return uri.replace(UNSAFE_IN_URI, (character) => encodeURIComponent(wellFormed(character)));
}
