import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';

/** Blocks of which each is said for itself, with a pause behind it. */
const LEAVES = 'p, li, h1, h2, h3, h4, h5, h6, .code, .table';
/** Less than this is no sentence worth a word of its own: it is said with the next. */
const LEAST = 40;
const SENTENCE = /.+?(?:[.!?…。！？؟]+\s*|$)/gs;

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
  words = 0;
  #segmenter: Intl.Segmenter | undefined;
  #language = '';

  constructor(container: Element) {
    this.#container = container;
  }

  /** What can be said now and was not said before. `isOver`: nothing more comes. */
  next(strings: Strings, isOver: boolean): string[] {
    const said: string[] = [];
    const { children } = this.#container;
    while (this.#blocks < children.length) {
      const block = children[this.#blocks];
      const isWhole = isOver || this.#blocks < children.length - 1;
      const text = block ? textOf(block, strings, isWhole) : '';
      const sentences = this.#sentencesOf(text.slice(this.#length), strings.lang);
      // The last one may go on.
      if (!isWhole) sentences.pop();
      let piece = '';
      for (const sentence of sentences) {
        piece += sentence;
        if (piece.length < LEAST) continue;
        said.push(piece);
        this.#length += piece.length;
        piece = '';
      }
      if (isWhole) said.push(piece);
      if (!isWhole) break;
      this.#blocks++;
      this.#length = 0;
    }
    for (const sentences of said) this.words += sentences.split(/\s+/).filter(Boolean).length;
    return said;
  }

  #sentencesOf(text: string, language: string): string[] {
    if (typeof Intl.Segmenter === 'undefined') return text.match(SENTENCE) ?? [];
    // Made once: to make one costs more than to use it.
    if (this.#language !== language) {
      this.#segmenter = new Intl.Segmenter(language, { granularity: 'sentence' });
      this.#language = language;
    }
    return Array.from(this.#segmenter?.segment(text) ?? [], ({ segment }) => segment);
  }
}

/** The text of a block as it is said. A heading or an item without a mark of its own gets a pause. */
function textOf(block: Element, strings: Strings, isWhole: boolean): string {
  const leaves = block.matches(LEAVES) ? [block] : [];
  const inner = block.matches('.code, .table') ? [] : [...block.querySelectorAll(LEAVES)];
  const all = [...leaves, ...inner].filter((leaf) => !leaf.parentElement?.closest('.code, .table'));
  const parts = all.map((leaf, index) => {
    const isLast = index === all.length - 1;
    if (leaf.matches('.code, .table')) return isLast && !isWhole ? '' : summary(leaf, strings);
    const text = ownText(leaf);
    return text === '' || (isLast && !isWhole) || /[.:;!?…。！？؟]$/.test(text) ? text : `${text}.`;
  });
  return parts.filter(Boolean).join(' ');
}

/** Without what its inner leaves say for themselves. */
function ownText(leaf: Element): string {
  let text = '';
  for (const node of leaf.childNodes) {
    if (!(node instanceof Element)) text += node.textContent ?? '';
    else if (!node.matches(LEAVES) && !node.querySelector(LEAVES)) text += node.textContent ?? '';
  }
  return text.replace(/\s+/g, ' ').trim();
}

function summary(block: Element, strings: Strings): string {
  if (block.matches('.table')) {
    const columns = block.querySelectorAll('thead th').length;
    return format(strings.saTable, { columns, rows: block.querySelectorAll('tbody tr').length }, strings.lang);
  }
  const name = block.querySelector('.code-language')?.textContent ?? '';
  const lines = (block.querySelector('code')?.textContent ?? '').replace(/\n$/, '').split('\n').length;
  return name === ''
    ? format(strings.saCodePlain, { lines }, strings.lang)
    : format(strings.saCode, { language: name, lines }, strings.lang);
}
