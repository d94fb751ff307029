/** A block that holds text and no blocks. The parser tells it what comes; the block writes it where the sink stands. */
export interface Leaf {
  /** More of the current line. */
  add(text: string): void;
  /** Its current line is its last. */
  readonly isOver?: boolean;
  /** The next line begins. */
  newLine?(): void;
  /** Brings what is shown up to date with what was added. */
  show?(): void;
  /** Nothing more comes: writes what is left, and closes what it opened. */
  close(): void;
}
