import { type Shared } from './growing-inlines.js';
import { readInlines } from './inlines.js';
import type { Leaf } from './leaf.js';
import type { ElementAttributes } from './sink.js';
import { writeInlines } from './write-inlines.js';

export type Alignment = ElementAttributes['align'];

const DELIMITER_ROW = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
/** A row longer than this is read again only when it has grown by an eighth. */
const LONG_ROW = 8_192;
const GROWTH = 8;

/** The alignments of a table's columns (GFM 0.29 §4.10), if these two lines make one. */
export function tableColumns(header: string, delimiters: string): readonly Alignment[] | undefined {
  if (!DELIMITER_ROW.test(delimiters) || !(header + delimiters).includes('|')) return undefined;
  const columns = splitRow(delimiters);
  if (splitRow(header).length !== columns.length) return undefined;
  return columns.map((cell) => {
    if (cell.endsWith(':')) return cell.startsWith(':') ? 'center' : 'right';
    return cell.startsWith(':') ? 'left' : undefined;
  });
}

/** The cells of a row; a pipe in a cell is escaped, even in code. */
export function splitRow(row: string): string[] {
  const trimmed = row.trim();
  const cells: string[] = [];
  let cell = '';
  for (let at = trimmed.startsWith('|') ? 1 : 0; at < trimmed.length; at++) {
    const character = trimmed.charAt(at);
    if (character === '\\' && trimmed[at + 1] === '|') cell += trimmed.charAt(++at);
    else if (character === '|') {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return trimmed.endsWith('|') && cell === '' && cells.length > 0 ? cells : [...cells, cell.trim()];
}

/** A table: its rows are final as soon as their line is. */
export class Table implements Leaf {
  readonly #shared: Shared;
  readonly #columns: readonly Alignment[];
  readonly #onUnresolved: (labels: ReadonlySet<string>, again: () => void) => void;
  #row = '';
  #shownLength = 0;
  #hasBody = false;
  #rowPlace: unknown;

  constructor(
    shared: Shared,
    header: string,
    columns: readonly Alignment[],
    onUnresolved: (labels: ReadonlySet<string>, again: () => void) => void,
  ) {
    this.#shared = shared;
    this.#columns = columns;
    this.#onUnresolved = onUnresolved;
    const { sink } = shared;
    sink.open('table');
    sink.open('table-head');
    this.#writeRow(splitRow(header), 'header-cell', false);
    sink.close();
  }

  add(text: string): void {
    this.#row += text;
  }

  newLine(): void {
    this.#endRow();
  }

  show(): void {
    if (this.#row.trim() === '' || this.#row.length === this.#shownLength) return;
    if (this.#row.length > LONG_ROW && this.#row.length < this.#shownLength * (1 + 1 / GROWTH)) return;
    this.#shownLength = this.#row.length;
    this.#openRow();
    const cells = splitRow(this.#row);
    this.#writeRow(cells, 'cell', true);
  }

  close(): void {
    this.#endRow();
    const { sink } = this.#shared;
    if (this.#hasBody) sink.close();
    sink.close();
  }

  #endRow(): void {
    if (this.#row.trim() !== '') {
      this.#openRow();
      this.#writeRow(splitRow(this.#row), 'cell', false);
      this.#shared.sink.cut();
    }
    this.#row = '';
    this.#shownLength = 0;
    this.#rowPlace = undefined;
  }

  #openRow(): void {
    const { sink } = this.#shared;
    if (!this.#hasBody) sink.open('table-body');
    this.#hasBody = true;
    if (this.#rowPlace === undefined) this.#rowPlace = sink.place();
    else sink.goTo(this.#rowPlace);
  }

  /** While a row is being typed, its last cell is cut, and those behind it are not there yet. */
  #writeRow(cells: readonly string[], kind: 'header-cell' | 'cell', isCut: boolean): void {
    const { sink, references, gfm } = this.#shared;
    sink.open('table-row');
    const count = isCut ? Math.min(cells.length, this.#columns.length) : this.#columns.length;
    for (let i = 0; i < count; i++) {
      const align = this.#columns[i];
      const source = cells[i] ?? '';
      sink.open(kind, align && { align });
      const inside = sink.place();
      const write = (isLastCut: boolean): ReadonlySet<string> => {
        const { pieces, unresolved } = readInlines(source, { references, gfm, isCut: isLastCut });
        sink.goTo(inside);
        writeInlines(pieces, source, sink);
        return new Set(unresolved);
      };
      const unresolved = write(isCut && i === cells.length - 1);
      if (!isCut && unresolved.size > 0) this.#onUnresolved(unresolved, () => void write(false));
      sink.close();
    }
    sink.close();
  }
}
