/**
 * A text longer than this is looked at again only when it has grown by an eighth: so much of it may be shown late. Below
 * it every token is shown, and few paragraphs have so much behind their last safe point.
 */
const SHORT = 2_048;
const GROWTH = 8;

/**
 * When a text that grows, and of which nothing is final yet, is read again: so all readings together cost no more than a
 * few times its length.
 */
export class Pace {
  #readLength = 0;

  /** Whether the text, which is so long by now, is to be read. One that is shorter than the last is another. */
  isDue(length: number): boolean {
    const grown = length - this.#readLength;
    if (length > SHORT && grown >= 0 && grown < this.#readLength / GROWTH) return false;
    this.#readLength = length;
    return true;
  }
}
