import { endsCode, type Fence, fenceIn, isClosedBy, isLeftBy, isListLine } from './code-fence.js';
import { OpenBrackets } from './open-brackets.js';

/**
 * Lets a model's text through as it comes, but no citation of a source that does not exist: `[9]` of three sources is never
 * seen, also where it is cut between two tokens; `[1, 9]` becomes `[1]`, and `[2-9]` becomes `[2][3]`. The forms of a
 * footnote (`[^1]`) and of OpenAI (`【1】`, `【1†name】`) become `[1]`, too.
 *
 * A citation leads to its source and nowhere else: an address that the model puts behind its number (`[1](https://…)`) is
 * left out, and no definition (`[1]: https://…`, `[1][name]`) makes a link of it. Links whose words are no citation are the
 * model's own. Code is left alone, in fences and within a line: brackets there are no citations.
 */
export class CitationFilter {
  readonly #sources: number;
  /** What may be the beginning of a citation, or of an address behind one. */
  #held = '';
  /** A citation was the last thing: what follows at once could make a link of it. */
  #isBehind = false;
  readonly #brackets = new OpenBrackets();
  /** The beginning of the line, which may be a fence. */
  #line = '';
  /** What was shown last. */
  #tail = '';
  /** The fence that is open. */
  #fence: Fence | undefined;
  /** Of code within a line that is open, the number of its backticks. */
  #span = 0;
  /** Backticks that were shown one after the other, up to now. */
  #ticks = 0;
  /**
   * Code was open at the end of a line: it goes on where that is the same paragraph, and not in the next item of a list, or
   * row of a table. Up to the next blank line no brackets are taken for code then.
   */
  #isUnsure = false;
  /** The line is within a list, as far as is known. */
  #isList = false;
  /** A backslash was the last thing: a backtick behind it is no mark. */
  #isEscaped = false;
  /** Of code within a line, what comes from its first bracket on, until it is known whether the code is ever closed. */
  #code: string | undefined;
  /** While that is read again: whether it was. */
  #isClosed: boolean | undefined;

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
    const shown = this.#code === undefined ? '' : this.#readCode(endsCode(this.#code, this.#span));
    const held = this.#held;
    this.#held = '';
    if (BROKEN_OFF.test(held)) return shown;
    return shown + (held.startsWith('(') ? ` ${held}` : held);
  }

  #take(character: string): string {
    if (this.#code !== undefined) return this.#takeOfCode(this.#code, character);
    if (this.#held === '') return this.#begin(character);
    this.#held += character;
    return this.#held.startsWith('(') ? this.#takeOfTarget(character) : this.#takeOfCitation(character);
  }

  #begin(character: string): string {
    if ((character === '[' || character === '【') && !this.#isFenced()) {
      this.#endTicks();
      if (this.#span > 0 && !this.#isUnsure && this.#isClosed === undefined) this.#code = character;
      else this.#held = character;
      return '';
    }
    const isBehind = this.#isBehind;
    // `[[1]](…)`, `[[9]1](…)`: the brackets around a citation are its own.
    this.#isBehind = character === ']' && this.#closesCitation();
    if (!isBehind || this.#isBehind) return this.#passed(character);
    if (character === '(') {
      // In code it is no address. But code may never be closed, and with a blank it is none either.
      if (this.#span > 0) return this.#passed(' (');
      this.#held = character;
      return '';
    }
    const isDefined = character === ':' && DEFINED.test(this.#line);
    this.#isBehind = isDefined;
    return isDefined ? '' : this.#passed(character);
  }

  #takeOfCode(code: string, character: string): string {
    const isClosed = character !== '`' && endsCode(code, this.#span);
    const isOver = character === '\n' || character === '\r' || (character === '|' && this.#endsCell(code));
    if (isClosed || isOver || code.length > MAX_CODE_LENGTH) {
      return this.#readCode(isClosed) + this.#take(character);
    }
    this.#code = code + character;
    return '';
  }

  #readCode(isClosed: boolean): string {
    const code = this.#code ?? '';
    this.#code = undefined;
    this.#isClosed = isClosed;
    let shown = this.push(code);
    // What began as a citation within the code ends with it.
    if (isClosed) shown += this.#other(this.#held);
    this.#isClosed = undefined;
    return shown;
  }

  #takeOfCitation(character: string): string {
    const held = this.#held;
    if (character === (held.startsWith('[') ? ']' : '】')) return this.#closed(held);
    const maxLength = held.includes('†') ? MAX_NAMED_LENGTH : MAX_CITATION_LENGTH;
    if (BEGINNING.test(held) && held.length <= maxLength) return '';
    // No citation; but its last character may begin one.
    return this.#other(held.slice(0, -character.length)) + this.#take(character);
  }

  #closed(bracketed: string): string {
    const citation = this.#isWithinCode ? bracketed : checkedCitation(bracketed, this.#sources);
    if (citation === undefined) return this.#other(bracketed);
    this.#held = '';
    this.#isBehind = true;
    this.#brackets.cite();
    // `[1[9]2]` must not become `[12]`.
    return this.#passed(citation === '' && UNFINISHED.test(this.#tail) ? ' ' : citation);
  }

  /** A bracket that turned out to be no citation; behind one it could name the citation's address. */
  #other(text: string): string {
    const isName = this.#isBehind && text.startsWith('[') && !this.#isWithinCode;
    this.#held = '';
    this.#isBehind = false;
    return this.#passed(isName ? ` ${text}` : text);
  }

  #takeOfTarget(character: string): string {
    const held = this.#held;
    if (character === ')' && TARGET.test(held)) {
      this.#held = '';
      // `[1](…)(…)` must not become `[1](…)`.
      this.#isBehind = true;
      return '';
    }
    const mayGoOn = character === ')' ? !isBalanced(held) : !/[[【\n\r]/.test(character);
    if (mayGoOn && held.length <= MAX_TARGET_LENGTH) return '';
    // Words in parentheses. The blank sees to it that nobody takes them for an address.
    this.#held = '';
    return this.#passed(` ${held.slice(0, -character.length)}`) + this.#take(character);
  }

  /** Follows what is shown, for its code. */
  #passed(text: string): string {
    for (const character of text) {
      if (character !== '`') this.#endTicks();
      else if (!this.#isEscaped) this.#ticks++;
      // In code, or written out, a bracket opens nothing.
      if (!/[[\]]/.test(character) || !(this.#isCode || this.#isEscaped)) this.#brackets.take(character);
      // A row is cut into its cells first: code that is open in one is not closed in another.
      if (character === '|' && this.#endsCell(this.#line)) this.#span = 0;
      this.#isEscaped = character === '\\' && this.#span === 0 && !this.#isEscaped;
      if (character === '\n' || character === '\r') {
        this.#endLine();
      } else if (this.#line.length < MAX_LINE_START) {
        this.#line += character;
      }
    }
    this.#tail = (this.#tail + text).slice(-TAIL_LENGTH);
    return text;
  }

  /** Whether a bracket that comes now ends one with nothing but citations and numbers in it; not so in code. */
  #closesCitation(): boolean {
    this.#endTicks();
    return this.#brackets.isCitation && !this.#isCode && !this.#isEscaped && !this.#isFenced();
  }

  #endTicks(): void {
    if (this.#ticks === 0) return;
    if (this.#span === 0) this.#span = this.#ticks;
    else if (this.#span === this.#ticks) this.#span = 0;
    this.#ticks = 0;
  }

  #endLine(): void {
    const wasFenced = this.#fence !== undefined;
    this.#leaveFence(this.#line);
    const open = this.#fence;
    if (!open) this.#fence = fenceIn(this.#line, this.#isList);
    else if (isClosedBy(open, this.#line)) this.#fence = undefined;
    // Code within a line ends with its paragraph, closed or not.
    const isOver = wasFenced || this.#fence !== undefined || this.#line.trim() === '';
    if (isOver) {
      this.#span = 0;
      this.#brackets.clear();
    }
    if (!open || this.#fence === undefined) this.#isList = isListLine(this.#line, this.#isList);
    this.#isUnsure = !isOver && (this.#isUnsure || this.#span > 0);
    this.#line = '';
  }

  /** Whether a bar behind this text is the end of a table's cell. */
  #endsCell(before: string): boolean {
    return /^[\s>]*\|/.test(this.#line) && !before.endsWith('\\');
  }

  /** Inside of a fence. What stands behind one that is just being opened may end with backticks, and is none then. */
  #isFenced(): boolean {
    this.#leaveFence(`${this.#line}[`);
    return this.#fence !== undefined;
  }

  /** Within code of a line, unless that is known, or to be feared, not to be closed. */
  get #isCode(): boolean {
    return this.#span > 0 && !this.#isUnsure && this.#isClosed !== false;
  }

  /** Within code of a line that is known to be closed. */
  get #isWithinCode(): boolean {
    return this.#isClosed === true && this.#span > 0;
  }

  /** A fence in a quotation or a list ends with that, closed or not. */
  #leaveFence(line: string): void {
    if (this.#fence && isLeftBy(this.#fence, line)) this.#fence = undefined;
  }
}

/** As far as a citation may be while it is not closed. */
const BEGINNING = /^(?:\[\s*\^?|【\s*)\d*(?:\s*[,\u2013-]\s*\d*)*\s*(?::\d*\s*)?(?:†[^[\]【】\r\n]*)?$/;
/** What was shown last may go on as a citation. */
const UNFINISHED = /[[【]\d*(?:\s*[,\u2013-]\s*\d*)*\s*$/;
/** A line with nothing but a citation in it: a colon would make it the definition of an address. */
const DEFINED = /^[\s>*+\-\d.)]*(?:\[[\s\d,*_~`\\\u2013-]+\])?$/;
/** What nothing but a citation, or an address behind one, begins with. */
const BROKEN_OFF = /^\(\S*$|†/;
const MAX_CITATION_LENGTH = 64;
/** Of a citation with a name in it. */
const MAX_NAMED_LENGTH = 256;
const MAX_TARGET_LENGTH = 1_024;
const TAIL_LENGTH = MAX_CITATION_LENGTH + 2;
const MAX_LINE_START = 256;
/** Of code within a line, from a bracket on: what is longer is read as if it were none. */
const MAX_CODE_LENGTH = 256;

/** An address in parentheses, with a title or without (CommonMark 0.31.2 §6.3). */
const TARGET =
  /^\(\s*(?!\s)(?:<[^<>]*>|(?:[^\s()\\]|\\\S|\((?:[^\s()\\]|\\\S)*\))*)(?:\s+(?:"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\((?:[^()\\]|\\[^])*\)))?\s*\)$/;

/** Whether each parenthesis is closed. */
function isBalanced(text: string): boolean {
  const parentheses = text.replaceAll(/\\\S/g, '');
  return parentheses.split('(').length === parentheses.split(')').length;
}

/**
 * What is shown of a whole pair of brackets that cites: the numbers of sources that exist. Undefined where it is no
 * citation.
 */
function checkedCitation(bracketed: string, sources: number): string | undefined {
  const inner = bracketed.slice(1, -1);
  const [, footnote] = FOOTNOTE.exec(inner) ?? [];
  const [cited = '', name] = (footnote ?? inner).split('†');
  // A message of a thread and the place in it: OpenAI's own count, and none of ours. `[12:30]` is a time.
  if ((name !== undefined || bracketed.startsWith('【')) && /^\s*\d+:\d+\s*$/.test(cited)) return '';
  const numbers: number[] = [];
  for (const part of cited.split(',')) {
    const [, from, to = from] = RANGE.exec(part) ?? [];
    // A range that falls is something else, as the `[2024-01]` of a date.
    if (from === undefined || Number(from) > Number(to)) return undefined;
    for (let number = Math.max(1, Number(from)); number <= Math.min(Number(to), sources); number++)
      numbers.push(number);
  }
  return numbers.map((number) => `[${number}]`).join('');
}

/** `^3`, and no more: `[^0-9]` is of an expression. */
const FOOTNOTE = /^\^(\d+)$/;
/** `3`, or `3-5`. */
const RANGE = /^\s*(\d+)\s*(?:[\u2013-]\s*(\d+)\s*)?$/;
