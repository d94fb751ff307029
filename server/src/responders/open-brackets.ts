/**
 * What stands in a bracket so far, beside blanks and marks: nothing; one number; several, as of a date or a price; a citation,
 * if only one that was left out; words.
 */
type Held = 'nothing' | 'number' | 'numbers' | 'citation' | 'words';

/** Deeper ones are no links. */
const MAX_DEPTH = 32;
/** What is not seen of a text, or stands around numbers. */
const MARK = /[,*_~`\\]/;
/** What stands between the parts of a date, or of a long number. */
const BETWEEN = /[\s\u2013-]/;

/** The brackets that are open in a text, and whether their words would be taken for a citation if they led somewhere. */
export class OpenBrackets {
  #open: Held[] = [];
  /** Where the last number is. */
  #last: 'open' | 'over' | undefined;

  /** A character of text; where it is a bracket, one that counts. */
  take(character: string): void {
    if (character === '[') {
      this.#last = undefined;
      this.#open.push('nothing');
      if (this.#open.length > MAX_DEPTH) this.#open.shift();
    } else if (character === ']') {
      this.#last = undefined;
      this.#hold(this.#open.pop() ?? 'nothing');
    } else if (/\d/.test(character)) {
      this.#hold(this.#last === 'over' ? 'numbers' : 'number');
      this.#last = 'open';
    } else if (BETWEEN.test(character)) {
      if (this.#last === 'open') this.#last = 'over';
    } else if (!MARK.test(character)) this.#hold('words');
  }

  /** A citation stands here, or stood before it was left out. */
  cite(): void {
    this.#last = undefined;
    this.#hold('citation');
  }

  /** Whether the innermost would be taken for one. */
  get isCitation(): boolean {
    const held = this.#open.at(-1);
    return held === 'number' || held === 'citation';
  }

  /** The paragraph is over. */
  clear(): void {
    this.#open = [];
  }

  #hold(held: Held): void {
    const last = this.#open.length - 1;
    const before = this.#open[last];
    if (before !== undefined && RANK.indexOf(held) > RANK.indexOf(before)) this.#open[last] = held;
  }
}

/** What counts more stays. */
const RANK: readonly Held[] = ['nothing', 'number', 'numbers', 'citation', 'words'];
