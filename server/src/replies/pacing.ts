/** How fast a text that exists whole is handed out, by what it is made of. */
export interface Pacing {
  /** Prose: so many words at a time. A word is a run of characters and the white space after it. */
  readonly default: { readonly words: number; readonly delayMs: number };
  /** Fenced code blocks, their fences included: so many lines at a time. */
  readonly code: { readonly lines: number; readonly delayMs: number };
  /** Lines that start with a pipe: so many rows at a time. */
  readonly table: { readonly rows: number; readonly delayMs: number };
}

/** One piece of a text, and how long to wait before it. */
export interface PacedPiece {
  readonly content: string;
  readonly delayMs: number;
}

/** The pace of the plain protocol: three words every 100 ms. */
export const SEED_PACING: Pacing = {
  default: { words: 3, delayMs: 100 },
  code: { lines: 1, delayMs: 20 },
  table: { rows: 1, delayMs: 100 },
};

/**
 * Cuts a whole text into the pieces a reader sees arrive. Joined, they are exactly the text, white space included; no
 * piece ends inside a grapheme, a link or a citation. The first piece waits for nothing.
 *
 * ```ts
 * for (const { content, delayMs } of pacedPieces(text)) {
 *   await sleep(clock, delayMs, signal);
 *   yield content;
 * }
 * ```
 */
export function* pacedPieces(text: string, pacing: Partial<Pacing> = {}): Generator<PacedPiece, void, undefined> {
  const pace: Pacing = { ...SEED_PACING, ...pacing };
  let first = true;
  for (const section of sectionsOf(text)) {
    const { units, size, delayMs } = paceOf(section, pace);
    for (const content of inGroupsOf(size, units)) {
      yield { content, delayMs: first ? 0 : delayMs };
      first = false;
    }
  }
}

type SectionKind = keyof Pacing;

/** Neighbouring lines of one kind, each with its line end. */
interface Section {
  readonly kind: SectionKind;
  readonly lines: string[];
}

function paceOf({ kind, lines }: Section, pace: Pacing) {
  switch (kind) {
    case 'default':
      return { units: wordsOf(lines.join('')), size: pace.default.words, delayMs: pace.default.delayMs };
    case 'code':
      return { units: lines, size: pace.code.lines, delayMs: pace.code.delayMs };
    case 'table':
      return { units: lines, size: pace.table.rows, delayMs: pace.table.delayMs };
  }
}

const LINES = /[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n/g;
/** A fence may stand in a list or a quotation; one of backticks has no backtick after it, else it is inline code. */
const OPENING_FENCE = /^[\t >]*(`{3,}(?=[^`]*$)|~{3,})/;
const CLOSING_FENCE = /^[\t >]*(`{3,}|~{3,})\s*$/;
const TABLE_ROW = /^\s*\|/;

function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let fence: string | undefined;
  for (const [line] of text.matchAll(LINES)) {
    const last = sections.at(-1);
    let kind: SectionKind;
    if (fence !== undefined) {
      kind = 'code';
      // The closing fence is of the same character and at least as long.
      if (CLOSING_FENCE.exec(line)?.[1]?.startsWith(fence)) fence = undefined;
    } else if (last && line.trim() === '') {
      // White space alone is no piece: it belongs to the row or fence before it.
      last.lines.push(`${last.lines.pop() ?? ''}${line}`);
      continue;
    } else {
      fence = OPENING_FENCE.exec(line)?.[1];
      kind = fence !== undefined ? 'code' : TABLE_ROW.test(line) ? 'table' : 'default';
    }
    if (last?.kind === kind) last.lines.push(line);
    else sections.push({ kind, lines: [line] });
  }
  return sections;
}

/** Links, citations and bare addresses: what a client could show wrongly while only half of it is there. */
const UNBREAKABLE = /\[[^[\]\n]{1,120}\]\([^()\s]*\)|\[\d+\]|https?:\/\/[\x21-\x7e]+/g;

/**
 * UTF-16 units the segmenters are given at a time: V8 11.3 (Node 20) copies the whole text for each segment it returns,
 * which took minutes for 400,000 Chinese characters.
 */
const WINDOW = 256;

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

function* wordsOf(prose: string): Generator<string, void, undefined> {
  const links = prose.matchAll(UNBREAKABLE);
  let link = links.next().value;
  let from = 0;
  for (const cut of cutsOf(prose)) {
    while (link && link.index + link[0].length <= cut) link = links.next().value;
    if (link && link.index < cut) continue;
    // A combining mark may follow a space: then the two are one grapheme.
    if (!startsGrapheme(prose, cut)) continue;
    yield prose.slice(from, cut);
    from = cut;
  }
  if (from < prose.length) yield prose.slice(from);
}

/** Scripts that put no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORDS = new Intl.Segmenter('en', { granularity: 'word' });

/** Offsets after which a word begins, rising; the last one may be the text's end. */
function* cutsOf(prose: string): Generator<number, void, undefined> {
  for (const { 0: run, index } of prose.matchAll(/\S+\s*/g)) {
    if (UNSPACED.test(run)) {
      for (const start of wordStarts(run)) yield index + start;
    }
    yield index + run.length;
  }
}

function* wordStarts(run: string): Generator<number, void, undefined> {
  for (let from = 0; from < run.length;) {
    const segments = [...WORDS.segment(run.slice(from, from + WINDOW))];
    // The last word may go on behind the window: the next window begins with it.
    const length = (from + WINDOW < run.length && segments.at(-1)?.index) || WINDOW;
    for (const { index, isWordLike } of segments) {
      // Punctuation is not word-like and stays with the word before it.
      if (isWordLike && index < length && from + index > 0) yield from + index;
    }
    from += length;
  }
}

/** Whether a grapheme starts at the offset, or the text ends there. What joins two characters is close by. */
function startsGrapheme(text: string, offset: number): boolean {
  if (offset >= text.length) return true;
  const from = Math.max(0, offset - 16);
  const segments = GRAPHEMES.segment(text.slice(from, offset + 2));
  return segments.containing(offset - from)?.index === offset - from;
}

function* inGroupsOf(size: number, units: Iterable<string>): Generator<string, void, undefined> {
  let group = '';
  let count = 0;
  for (const unit of units) {
    group += unit;
    if (++count < size) continue;
    yield group;
    group = '';
    count = 0;
  }
  if (group !== '') yield group;
}
