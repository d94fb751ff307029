import MiniSearch from 'minisearch';
import type { Language } from './language.js';

/** The words of a site: in how many passages each stem stands, and what a misspelt word was meant to be. */
export class Vocabulary {
  readonly #language: Language;
  #passages = 0;
  /** Passages that hold a stem. */
  readonly #frequencies = new Map<string, number>();
  /** Words that are in {@link #words}. */
  readonly #seen = new Set<string>();
  /** The words themselves, each a document: the library's fuzzy and prefix search is the corrector. */
  readonly #words = new MiniSearch<{ readonly id: string }>({
    fields: ['id'],
    tokenize: (word) => [word],
    processTerm: (word) => word,
  });

  constructor(language: Language) {
    this.#language = language;
  }

  /** Takes in a passage, given as its texts; returns the stems of each, parted by spaces. */
  add(texts: readonly string[]): string[] {
    this.#passages++;
    const passage = new Set<string>();
    const stemmed = texts.map((text) => {
      const stems: string[] = [];
      for (const word of this.#language.words(text)) {
        const stem = this.#language.stem(word);
        if (stem === undefined) continue;
        stems.push(stem);
        passage.add(stem);
        if (this.#seen.has(word)) continue;
        this.#seen.add(word);
        this.#words.add({ id: word });
      }
      return stems.join(' ');
    });
    for (const stem of passage) this.#frequencies.set(stem, (this.#frequencies.get(stem) ?? 0) + 1);
    return stemmed;
  }

  has(stem: string): boolean {
    return this.#frequencies.has(stem);
  }

  /** How much a stem tells passages apart: the rarer, the more; what stands nowhere counts like what stands once. */
  weight(stem: string): number {
    const frequency = this.#frequencies.get(stem) ?? 1;
    return Math.log(1 + (this.#passages - frequency + 0.5) / (frequency + 0.5));
  }

  /** The stem of the site's word that an unknown one is nearest to; undefined where none is near. */
  correct(word: string): string | undefined {
    const { length } = word;
    if (length < MIN_CORRECTED_LENGTH || length > MAX_CORRECTED_LENGTH || /\d/.test(word)) return undefined;
    for (const swapped of swaps(word)) {
      const stem = this.#language.stem(swapped);
      if (stem !== undefined && this.has(stem)) return stem;
    }
    // Of four letters, one off is another word: Peru is not "per".
    if (length < MIN_FUZZY_LENGTH) return undefined;
    const found = this.#words.search(word, {
      fuzzy: length < LONG_WORD_LENGTH ? 1 : 2,
      prefix: true,
      // Of equally near ones, that with the word's own beginning, then the one the site uses most.
      boostDocument: (id: string) =>
        (id.startsWith(word.slice(0, 2)) ? 1.5 : 1) *
        (1 + Math.log(this.#frequencies.get(this.#language.stem(id) ?? '') ?? 1) / 10),
    });
    // Hardly anybody mistypes a word's first letter, and other words are near mostly without it.
    const nearest = found.find(({ id }) => String(id).startsWith(word.charAt(0)));
    return nearest && this.#language.stem(String(nearest.id));
  }
}

const MIN_CORRECTED_LENGTH = 4;
const MAX_CORRECTED_LENGTH = 24;
/** From here on a word may be two letters off. */
const LONG_WORD_LENGTH = 7;
/** From here on a word may be a letter off, or the beginning of the site's. */
const MIN_FUZZY_LENGTH = 5;

/** A word with two letters that follow each other in the other order: the typo that is made most. */
function* swaps(word: string): Generator<string, void, undefined> {
  for (let at = 0; at < word.length - 1; at++) {
    yield `${word.slice(0, at)}${word.charAt(at + 1)}${word.charAt(at)}${word.slice(at + 2)}`;
  }
}
