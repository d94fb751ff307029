/**
 * A text that comes in pieces of any size. Concatenation alone makes a rope, which of single characters is twenty times
 * their size (measured in V8: 25 MB of 1 MB), and a piece that was cut from a longer text may keep all of that alive.
 */
export class GrowingText {
  /** UTF-16 code units. */
  length = 0;
  /** What was packed: few strings, so their rope is small. */
  #packed = '';
  #pieces: string[] = [];

  append(piece: string): void {
    if (piece === '') return;
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /** Joins what came since the last time into one string of its own; each character is copied here once. */
  pack(): void {
    this.#packed += this.#pieces.join('');
    this.#pieces = [];
  }

  /** Returns the whole, and begins anew. */
  take(): string {
    this.pack();
    const whole = this.#packed;
    this.#packed = '';
    this.length = 0;
    return whole;
  }
}
