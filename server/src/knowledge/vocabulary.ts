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

  /** The stems of the two words of the site that an unknown one is made of: `giftwrapping`. */
  split(word: string): readonly [string, string] | undefined {
    if (word.length > MAX_CORRECTED_LENGTH) return undefined;
    for (let at = MIN_PART_LENGTH; at <= word.length - MIN_PART_LENGTH; at++) {
      const [first, second] = [word.slice(0, at), word.slice(at)].map((part) => this.#language.stem(part));
      if (first !== undefined && second !== undefined && this.has(first) && this.has(second)) return [first, second];
    }
    return undefined;
  }

  /** The stem of the site's word that an unknown one is nearest to, of several the one it uses most; undefined where none is near. */
  correct(word: string): string | undefined {
    const { length } = word;
    if (length < MIN_CORRECTED_LENGTH || length > MAX_CORRECTED_LENGTH || /\d/.test(word)) return undefined;
    const [meant] = [...slips(word)]
      .flatMap((slip) => this.#language.stem(slip) ?? [])
      .filter((stem) => this.has(stem))
      .toSorted((a, b) => this.weight(a) - this.weight(b));
    if (meant !== undefined) return meant;
    // Of four letters, one off is another word: Peru is not "per".
    if (length < MIN_FUZZY_LENGTH) return undefined;
    const found = this.#words.search(word, {
      fuzzy: length < LONG_WORD_LENGTH ? 1 : 2,
      prefix: length >= MIN_PREFIX_LENGTH,
      // Of equally near ones, that with the word's own beginning, then the one the site uses most.
      boostDocument: (id: string) =>
        (id.startsWith(word.slice(0, 2)) ? 1.5 : 1) *
        (1 + Math.log(this.#frequencies.get(this.#language.stem(id) ?? '') ?? 1) / 10),
    });
    const nearest = found.find(({ id }) => isMeant(word, String(id)));
    return nearest && this.#language.stem(String(nearest.id));
  }
}

/** Two letters more or less make another word too often. */
const MIN_PART_LENGTH = 3;
const MIN_CORRECTED_LENGTH = 4;
const MAX_CORRECTED_LENGTH = 24;
/** From here on a word may be two letters off. */
const LONG_WORD_LENGTH = 9;
/** From here on a word may be a letter off. */
const MIN_FUZZY_LENGTH = 5;
/** From here on it may be the beginning of the site's. */
const MIN_PREFIX_LENGTH = 6;
/** So many letters of that may be missing. */
const MAX_MISSING_LETTERS = 4;

/**
 * Whether a word that is near may be what was meant. Hardly anybody mistypes the first letter. In a short word a letter that
 * is missing, double or too much is a slip, and so is a key beside the right one, or another vowel; any other letter in
 * its place makes another word more often than not: a prime minister is no price.
 */
function isMeant(word: string, other: string): boolean {
  if (!other.startsWith(word.charAt(0))) return false;
  if (other.startsWith(word)) return other.length - word.length <= MAX_MISSING_LETTERS;
  if (word.length !== other.length || word.length >= LONG_WORD_LENGTH) return true;
  const at = [...word].findIndex((letter, index) => letter !== other.charAt(index));
  const [typed, meant] = [word.charAt(at), other.charAt(at)];
  return KEYS.some((row) => row.includes(typed + meant) || row.includes(meant + typed)) || isVowel(typed, meant);
}

/** Beside each other on a keyboard, in a row or between two. */
const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qawsedrftgyhujikolp', 'azsxdcfvgbhnjmkl'];
const isVowel = (...letters: readonly string[]): boolean => letters.every((letter) => 'aeiouy'.includes(letter));

/**
 * What a word would be without the slips that are made most: two letters in the other order, and one letter where there are
 * two, as in `foging`; and as it is written where there are umlauts, for who has no keys for them.
 */
function* slips(word: string): Generator<string, void, undefined> {
  const umlauts = word.replace(/[aou]e/g, ([letter = '']) => `${letter}\u0308`).normalize('NFC');
  if (umlauts !== word) yield umlauts;
  for (let at = 0; at < word.length - 1; at++) {
    yield `${word.slice(0, at)}${word.charAt(at + 1)}${word.charAt(at)}${word.slice(at + 2)}`;
  }
  for (let at = 1; at < word.length; at++) yield word.slice(0, at) + word.slice(at - 1);
}
