import type { FreshPages } from './fresh-page.js';

export interface BenchOptions {
  /** Fewer sizes, shapes, runs and tokens: a look, not a figure to quote. */
  readonly isQuick: boolean;
}

/** One question that the benchmark answers with tables. */
export interface Question {
  readonly name: string;
  /** Prints its tables; resolves to what was measured, for a file. */
  ask(pages: FreshPages, options: BenchOptions, print: (line: string) => void): Promise<object>;
}
