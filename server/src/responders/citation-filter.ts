/**
 * Lets a model's text through as it comes, but no citation of a source that does not exist: `[9]` of three sources is never
 * seen, also where it is cut between two tokens; `[1, 9]` becomes `[1]`, and `[2-9]` becomes `[2][3]`. Code in fences is left alone: brackets there are
 * no citations.
 */
export class CitationFilter {
  readonly #sources: number;
  /** What may be the beginning of a citation. */
  #held = '';
  /** The beginning of the line, which may be a fence. */
  #line = '';
  /** What was shown since the last opening bracket. */
  #open = '';
  /** The fence that is open. */
  #fence: string | undefined;

  constructor(sources: number) {
    this.#sources = sources;
  }

  /** Takes more text; returns what may be shown by now. */
  push(text: string): string {
    let shown = '';
    for (const character of text) shown += this.#take(character);
    return shown;
  }

  /** What was held back, once nothing more can come. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #take(character: string): string {
    if (this.#held === '') {
      if (character === '[' && !this.#isCode()) {
        this.#held = character;
        return '';
      }
      return this.#passed(character);
    }
    this.#held += character;
    if (character === ']') return this.#released(checkedCitation(this.#held, this.#sources));
    if (BEGINNING.test(this.#held) && this.#held.length <= MAX_CITATION_LENGTH) return '';
    // No citation; but its last character may begin one.
    const before = this.#held.slice(0, -character.length);
    this.#held = '';
    return this.#passed(before) + this.#take(character);
  }

  #released(text: string): string {
    this.#held = '';
    // `[1[9]2]` must not become `[12]`.
    return this.#passed(text === '' && BEGINNING.test(this.#open) ? ' ' : text);
  }

  /** Follows the lines that are shown, for their fences. */
  #passed(text: string): string {
    for (const character of text) {
      this.#open = character === '[' ? character : (this.#open + character).slice(0, MAX_CITATION_LENGTH + 2);
      if (character === '\n' || character === '\r') {
        this.#endLine();
      } else if (this.#line.length < MAX_LINE_START) {
        this.#line += character;
      }
    }
    return text;
  }

  #endLine(): void {
    const fence = FENCE.exec(this.#line);
    const closing = CLOSING_FENCE.exec(this.#line);
    if (this.#fence === undefined) this.#fence = fence?.[1];
    else if (closing?.[1]?.startsWith(this.#fence)) this.#fence = undefined;
    this.#line = '';
  }

  /** Inside of a fence, or on the line that opens one. */
  #isCode(): boolean {
    return this.#fence !== undefined || FENCE.test(this.#line);
  }
}

/** As far as a citation may be while it is not closed. */
const BEGINNING = /^\[\d*(?:\s*[,\u2013-]\s*\d*)*\s*$/;
const MAX_CITATION_LENGTH = 64;
const MAX_LINE_START = 256;
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const CLOSING_FENCE = /^ {0,3}(`{3,}|~{3,})\s*$/;

/** A whole pair of brackets, without the numbers of sources that do not exist. */
function checkedCitation(bracketed: string, sources: number): string {
  const parts = bracketed.slice(1, -1).split(',');
  const numbers: number[] = [];
  for (const part of parts) {
    const [, from, to = from] = RANGE.exec(part) ?? [];
    // A range that falls is something else, as the `[2024-01]` of a date.
    if (from === undefined || Number(from) > Number(to)) return bracketed;
    for (let number = Math.max(1, Number(from)); number <= Math.min(Number(to), sources); number++)
      numbers.push(number);
  }
  return numbers.map((number) => `[${number}]`).join('');
}

/** `3`, or `3-5`. */
const RANGE = /^\s*(\d+)\s*(?:[\u2013-]\s*(\d+)\s*)?$/;
