/** A place in one line that knows its column: a tab reaches to the next multiple of four (CommonMark 0.31.2 §2.2). */
export class Line {
  readonly text: string;
  /** Where the next character stands. */
  at = 0;
  #column = 0;
  /** Columns of a tab at `at` that are used up already. */
  #usedOfTab = 0;
  /** The next character that is no blank, and how many columns of blanks lie before it. */
  nextAt = 0;
  indent = 0;

  constructor(text: string) {
    this.text = text;
    this.#look();
  }

  get isBlank(): boolean {
    return this.nextAt >= this.text.length;
  }

  /** From the next character that is no blank. */
  get rest(): string {
    return this.text.slice(this.nextAt);
  }

  /** Everything that is left, the rest of a tab as spaces. */
  get content(): string {
    if (this.#usedOfTab === 0) return this.text.slice(this.at);
    return ' '.repeat(4 - (this.#column % 4)) + this.text.slice(this.at + 1);
  }

  /** Passes over so many columns of blanks, or as many as there are. */
  skipColumns(count: number): void {
    for (let left = count; left > 0 && this.at < this.text.length;) {
      if (this.text[this.at] === '\t') {
        const width = 4 - (this.#column % 4);
        const used = Math.min(width, left);
        this.#column += used;
        left -= used;
        this.#usedOfTab = used < width ? 1 : 0;
        if (used === width) this.at++;
      } else if (this.text[this.at] === ' ') {
        this.at++;
        this.#column++;
        left--;
      } else break;
    }
    this.#look();
  }

  /** Passes over the blanks. */
  skipBlanks(): void {
    this.skipColumns(this.indent);
  }

  /** Passes over a mark of so many characters, of which none is a tab. */
  skipMark(length: number): void {
    this.at += length;
    this.#column += length;
    this.#look();
  }

  #look(): void {
    let column = this.#column;
    let at = this.at;
    for (; at < this.text.length; at++) {
      if (this.text[at] === '\t') column += 4 - (column % 4);
      else if (this.text[at] === ' ') column++;
      else break;
    }
    this.nextAt = at;
    this.indent = column - this.#column;
  }
}
