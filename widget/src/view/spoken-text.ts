import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';

/** Blocks of which each is said for itself, with a pause behind it; code and tables are summed up. */
const SUMMED = '.code,.table';
const LEAVES = `:is(p,li,h1,h2,h3,h4,h5,h6,${SUMMED}):not(:is(${SUMMED}) *)`;
/** What a reader makes a pause behind, in any script (`।`, `؟`, `。`). */
const ENDED = /[\p{STerm}:;…]$|^$/u;
/** Less than this is no sentence worth a word of its own: it is said with the next. */
const LEAST = 40;

/**
 * Reads a reply out of the page as it grows, in whole sentences: each once, none before its end. What stands there is read,
 * not the Markdown behind it, so that what is heard is what is seen; code and tables are summed up.
 */
export class SpokenText {
  readonly #container: Element;
  /** Blocks that were said to their end. */
  #blocks = 0;
  /** Of the block behind them, so many characters were said. */
  #length = 0;
  /** Made once: to make one costs more than to use it. Where there is none (Firefox before 125), a block is said at once. */
  readonly #segmenter: Intl.Segmenter | undefined;

  constructor(container: Element, language: string) {
    this.#container = container;
    this.#segmenter = Intl.Segmenter && new Intl.Segmenter(language, { granularity: 'sentence' });
  }

  /** All there are, but for those of code and tables: they are summed up. */
  get words(): number {
    const leaves = [...this.#container.querySelectorAll(LEAVES)].filter((leaf) => !leaf.matches(SUMMED));
    return leaves.map(ownText).join(' ').split(/\S+/).length - 1;
  }

  /** What can be said now and was not said before, as long as `isHeard`. `isOver`: nothing more comes. */
  *next(strings: Strings, isOver: boolean, isHeard: () => boolean): Generator<string> {
    const { children } = this.#container;
    for (let block; isHeard() && (block = children[this.#blocks]);) {
      const isWhole = isOver || this.#blocks < children.length - 1;
      const rest = textOf(block, strings, isWhole).slice(this.#length);
      const sentences = this.#segmenter ? [...this.#segmenter.segment(rest)].map(({ segment }) => segment) : [rest];
      // The last one may go on.
      if (!isWhole) sentences.pop();
      let piece = '';
      for (const sentence of sentences) {
        piece += sentence;
        if (piece.length < LEAST) continue;
        this.#length += piece.length;
        yield piece;
        piece = '';
      }
      if (!isWhole) break;
      this.#blocks++;
      this.#length = 0;
      yield piece;
    }
  }
}

/** The text of a block as it is said, its leaves in lines. A heading or an item without a mark of its own gets a pause. */
function textOf(block: Element, strings: Strings, isWhole: boolean): string {
  // Most blocks are leaves themselves; of a list or a quotation there is nothing left but its leaves.
  return [block, ...block.querySelectorAll(LEAVES)]
    .map((leaf, index, all) => {
      const isOpen = !isWhole && !all[index + 1];
      if (leaf.matches(SUMMED)) return isOpen ? '' : summary(leaf, strings);
      const text = ownText(leaf).replace(/\s+/g, ' ').trim();
      return isOpen || ENDED.test(text) ? text : `${text}.`;
    })
    .join('\n');
}

/** Without what its inner leaves say for themselves; most have none. */
const ownText = (leaf: Element): string =>
  leaf.querySelector(LEAVES)
    ? [...leaf.childNodes]
        .map((node) =>
          node instanceof Element && (node.matches(LEAVES) || node.querySelector(LEAVES)) ? '' : node.textContent,
        )
        .join('')
    : leaf.textContent;

function summary(block: Element, strings: Strings): string {
  const wordsIn = (selector: string) => block.querySelector(selector)?.textContent ?? '';
  const count = (selector: string) => block.querySelectorAll(selector).length;
  const language = wordsIn('.code-language');
  const text = block.matches('.table') ? strings.saTable : language ? strings.saCode : strings.saCodePlain;
  const lines = wordsIn('code').split(/\n(?!$)/).length;
  return format(text, { language, lines, columns: count('th'), rows: count('tbody tr') }, strings.lang);
}
