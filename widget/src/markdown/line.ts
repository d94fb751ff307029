/** What is left of one line, which knows its column: a tab reaches to the next multiple of four (CommonMark 0.31.2 §2.2). */
export class Line {
  /** Everything that is left; of a tab that was passed in part, the rest as spaces. */
  content: string;
  /** From the next character that is no blank, and how many columns of blanks lie before it. */
  rest = '';
  indent = 0;
  #column = 0;

  constructor(text: string) {
    this.content = text;
    this.#look();
  }

  get isBlank(): boolean {
    return this.rest === '';
  }

  /** Passes over so many columns of blanks, or as many as there are. */
  skip(count: number): void {
    for (let left = Math.min(count, this.indent); left > 0; left--) {
      if (this.content.startsWith('\t')) this.content = ' '.repeat(this.#widthOfTab(0)) + this.content.slice(1);
      this.content = this.content.slice(1);
      this.#column++;
    }
    this.#look();
  }

  /** Passes over the blanks, and a mark of so many characters, of which none is a tab. */
  skipMark(length: number): void {
    this.#column += this.indent + length;
    this.content = this.rest.slice(length);
    this.#look();
  }

  #look(): void {
    let at = 0;
    this.indent = 0;
    for (; this.content[at] === ' ' || this.content[at] === '\t'; at++) {
      this.indent += this.content[at] === ' ' ? 1 : this.#widthOfTab(this.indent);
    }
    this.rest = this.content.slice(at);
  }

  /** Of a tab so many columns from here. */
  #widthOfTab(columns: number): number {
    return 4 - ((this.#column + columns) % 4);
  }
}
