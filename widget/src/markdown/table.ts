import { GrowingInlines, type Shared } from './growing-inlines.js';
import type { Leaf } from './leaf.js';
import type { ElementAttributes } from './sink.js';

export type Alignment = ElementAttributes['align'];

const DELIMITER_ROW = /^\|?(?:[ \t]*:?-+:?[ \t]*(?:\||$))+[ \t]*$/;
/**
 * A short row is filled up with empty cells as long as less than this was added to the text in all, each counted as
 * `<td></td>`: a short text must not become a huge one. Links by definitions may add more: those cells are not missed.
 */
const MAX_EXPANSION = 50_000;
const EMPTY_CELL = 10;
/** A pipe in a cell is escaped, even in code. */
const CELLS_AND_PIPES = /(?:\\\||[^|])+|\|/g;

/** The alignments of a table's columns (GFM 0.29 §4.10), if these two lines make one. */
export function tableColumns(header: string, delimiters: string): readonly Alignment[] | undefined {
  if (!DELIMITER_ROW.test(delimiters) || !(header + delimiters).includes('|')) return undefined;
  const columns = splitRow(delimiters);
  if (splitRow(header).length !== columns.length) return undefined;
  return columns.map((column) => {
    const isLeft = /:-/.test(column);
    return /-:/.test(column) ? (isLeft ? 'center' : 'right') : isLeft ? 'left' : undefined;
  });
}

const splitRow = (row: string): string[] =>
  row
    .trim()
    .replaceAll('\\|', 'x')
    .replace(/^\||\|$/g, '')
    .split('|');

/** A table: a cell is final as soon as the pipe behind it has come. */
export class Table implements Leaf {
  readonly #shared: Shared;
  readonly #columns: readonly Alignment[];
  /** Rows so far, of which the first is the header. */
  #rows = 0;
  /** The cell that grows, and how many of the row's are over; -1: no row has begun. */
  #cell: GrowingInlines | undefined;
  #column = -1;
  /** A backslash at the end of what came: it may escape a pipe. */
  #held = '';

  constructor(shared: Shared, header: string, columns: readonly Alignment[]) {
    this.#shared = shared;
    this.#columns = columns;
    shared.sink.open('table');
    shared.sink.open('thead');
    this.add(header);
    this.newLine();
    shared.sink.close();
  }

  add(text: string): void {
    const came = this.#held + text;
    this.#held = came.endsWith('\\') ? '\\' : '';
    this.#add(came.slice(0, came.length - this.#held.length));
  }

  newLine(): void {
    this.#add(this.#held);
    this.#held = '';
    if (this.#column < 0) return;
    const { sink, references } = this.#shared;
    if (this.#cell) this.#endCell();
    while (this.#column < this.#columns.length && references.expansion < MAX_EXPANSION) {
      references.expansion += EMPTY_CELL;
      this.#endCell();
    }
    sink.close();
    this.#column = -1;
  }

  show(): void {
    this.#cell?.show();
    if (this.#held) this.#shared.isHolding = true;
  }

  close(): void {
    const { sink } = this.#shared;
    this.newLine();
    if (this.#rows > 1) sink.close();
    sink.close();
  }

  #add(text: string): void {
    for (const found of text.match(CELLS_AND_PIPES) ?? []) {
      const isPipe = found === '|';
      if (this.#column < 0) this.#beginRow();
      // A pipe before the first cell begins the row, and ends nothing.
      else if (isPipe) this.#endCell();
      if (isPipe) continue;
      const written = found.replaceAll('\\|', '|');
      const content = this.#cell ? written : written.trimStart();
      if (content) this.#openCell()?.add(content);
    }
  }

  #beginRow(): void {
    const { sink } = this.#shared;
    if (++this.#rows === 2) sink.open('tbody');
    sink.open('tr');
    this.#column = 0;
  }

  /** Cells beyond the table's columns are left out. */
  #openCell(): GrowingInlines | undefined {
    if (this.#cell || this.#column >= this.#columns.length) return this.#cell;
    const align = this.#columns[this.#column];
    this.#shared.sink.open(this.#rows > 1 ? 'td' : 'th', align && { align });
    return (this.#cell = new GrowingInlines(this.#shared));
  }

  #endCell(): void {
    this.#openCell()?.finish();
    this.#cell = undefined;
    this.#column++;
  }
}
