import { setImmediate } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import type { Language } from './language.js';
import type { Passage } from './page.js';
import { type Question, readQuestion, type Term } from './question.js';
import { Vocabulary } from './vocabulary.js';

/** A passage that answers a question more or less. */
export interface Hit {
  readonly passage: Passage;
  /** BM25+; only to be compared within one search. */
  readonly score: number;
  /** How much of what was asked for stands in it, 0 to 1: rare words count more. */
  readonly coverage: number;
  /** How much of its own heading was asked for, 0 to 1: less for one of common words. */
  readonly headed: number;
  /**
   * Whether it is what was asked about, and does not just mention a part of it: the rarest word of the question stands in it,
   * and it holds a second one, or the word where it says what it is about. Of a question with a word that the pages do not
   * have ("where do I pay a parking fine"), it must hold most.
   */
  readonly isAbout: boolean;
}

/** What a title and headings weigh against the text: they say in few words what it is about. */
const BOOST = { title: 1.6, headings: 2.4, keywords: 1.2, text: 1 };
const FIELDS = ['title', 'headings', 'keywords', 'text'];
/** Of the weight of a word that stands once: what the words of a heading must weigh together to tell much. */
const TELLING_SHARE = 0.75;
/** What a passage counts that fits the topic of before, but nothing of what is asked now. */
const TOPIC_ALONE_SHARE = 0.5;
/** What must be covered of a question for the next one to go on from it. */
const ANSWERED = 0.75;
/** Of the weight of a word that stands once: what a question's words must weigh together to ask for anything. */
const TOLD_SHARE = 0.4;
/** What must be covered of a question that has a word of which the pages know nothing: it may be about something else. */
const STRANGE_COVERAGE = 0.55;
/** What a passage gains whose heading is asked for. */
const HEADED_BOOST = 0.5;
/** From here on a heading counts as asked for. */
const WHOLE_HEADING = 0.5;
/** Of so many times the passages that are asked for, the best are chosen anew: what holds more of the question comes first. */
const RANKED_AGAIN = 4;
/** Passages that are indexed at a time, with a turn of the event loop between: streams go on meanwhile. */
const CHUNK_SIZE = 50;

interface Entry {
  readonly id: number;
  readonly title: string;
  readonly headings: string;
  readonly keywords: string;
  readonly text: string;
}

/** All passages of a folder, to be searched. Never changes: after a change of the pages there is another one. */
export class PassageIndex {
  readonly passages: readonly Passage[];
  readonly #language: Language;
  readonly #vocabulary: Vocabulary;
  readonly #search: MiniSearch<Entry>;

  private constructor(
    passages: readonly Passage[],
    language: Language,
    search: MiniSearch<Entry>,
    vocabulary: Vocabulary,
  ) {
    this.passages = passages;
    this.#language = language;
    this.#search = search;
    this.#vocabulary = vocabulary;
  }

  static async build(passages: readonly Passage[], language: Language): Promise<PassageIndex> {
    // What is indexed are stems already: each text is taken apart once, for the search and for the vocabulary.
    const search = new MiniSearch<Entry>({
      fields: FIELDS,
      tokenize: (stems) => (stems === '' ? [] : stems.split(' ')),
      processTerm: (stem) => stem,
      searchOptions: { boost: BOOST },
    });
    const vocabulary = new Vocabulary(language);
    for (let from = 0; from < passages.length; from += CHUNK_SIZE) {
      const entries = passages.slice(from, from + CHUNK_SIZE).map((passage, index): Entry => {
        const { title, headings, keywords, text } = passage;
        const [titleStems = '', headingStems = '', keywordStems = '', textStems = ''] = vocabulary.add([
          title,
          headings.join('\n'),
          keywords,
          text,
        ]);
        return { id: from + index, title: titleStems, headings: headingStems, keywords: keywordStems, text: textStems };
      });
      search.addAll(entries);
      await setImmediate();
    }
    return new PassageIndex(passages, language, search, vocabulary);
  }

  /** The best passages for a question, best first. `earlier`: the visitor's questions before it, newest last. */
  find(question: string, earlier: readonly string[] = [], limit: number = 5): Hit[] {
    const isAnswered = (before: Question) => (this.#findFor(before, 1)[0]?.coverage ?? 0) >= ANSWERED;
    return this.#findFor(readQuestion(question, earlier, this.#language, this.#vocabulary, isAnswered), limit);
  }

  #findFor({ terms }: Question, limit: number): Hit[] {
    const known = terms.filter(({ isKnown }) => isKnown);
    if (known.length === 0) return [];
    const boosts = known.map(({ share, certainty }) => share * certainty);
    const isStrange = terms.some(({ isKnown, isFrame, isEarlier }) => !isKnown && !isFrame && !isEarlier);
    const found = this.#search.search(known.map(({ stem }) => stem).join(' '), {
      boostTerm: (_stem, index) => boosts[index] ?? 1,
    });
    const hits = found.slice(0, limit * RANKED_AGAIN).flatMap(({ id, score, match }): Hit[] => {
      const passage = this.passages[Number(id)];
      if (!passage) return [];
      const isAsked = (stem: string) => Object.hasOwn(match, stem);
      const coverage = this.#coverage(terms, isAsked);
      const { share, telling: headed } = this.#headed(passage, isAsked);
      const isNear = headed >= WHOLE_HEADING || share === 1 || this.#isAbout(terms, match);
      const isAbout = isNear && !(isStrange && coverage < STRANGE_COVERAGE);
      return [{ passage, score: score * Math.sqrt(coverage) * (1 + HEADED_BOOST * share), coverage, headed, isAbout }];
    });
    return hits.toSorted((a, b) => b.score - a.score).slice(0, limit);
  }

  #isAbout(terms: readonly Term[], match: Readonly<Record<string, readonly string[]>>): boolean {
    const weightOf = ({ stem, share }: Term) => this.#vocabulary.weight(stem) * share;
    const own = terms.filter(({ isEarlier }) => !isEarlier);
    const rarest = (own.length > 0 ? own : terms).toSorted((a, b) => weightOf(b) - weightOf(a))[0];
    if (!rarest || !Object.hasOwn(match, rarest.stem)) return false;
    const matched = terms.filter(({ stem, isFrame }) => !isFrame && Object.hasOwn(match, stem));
    const told = matched.reduce((sum, term) => sum + weightOf(term), 0);
    if (told < TOLD_SHARE * this.#vocabulary.weight('')) return false;
    return matched.length > 1 || matched.some(({ stem }) => match[stem]?.some((field) => field !== 'text'));
  }

  #coverage(terms: readonly Term[], isIn: (stem: string) => boolean): number {
    let asked = 0;
    let covered = 0;
    // Whether a question that leans on an earlier one has words of its own, and none of them is there: "and for cats?"
    let misses = false;
    let hits = false;
    for (const { stem, share, certainty, isKnown, isEarlier } of terms) {
      const weight = this.#vocabulary.weight(stem) * share;
      const isCovered = isKnown && isIn(stem);
      asked += weight;
      if (isCovered) covered += weight * certainty;
      if (!isEarlier && isCovered) hits = true;
      if (!isEarlier && !isCovered) misses = true;
    }
    if (asked === 0) return 0;
    return (covered / asked) * (misses && !hits ? TOPIC_ALONE_SHARE : 1);
  }

  /** How much of a passage's heading is asked for, 0 to 1, and how much of that tells anything. */
  #headed({ headings, title }: Passage, isAsked: (stem: string) => boolean): { share: number; telling: number } {
    const stems = new Set(
      this.#language.words(headings.at(-1) ?? title).map((word) => this.#language.stem(word) ?? ''),
    );
    stems.delete('');
    let all = 0;
    let asked = 0;
    for (const stem of stems) {
      const weight = this.#vocabulary.weight(stem);
      all += weight;
      if (isAsked(stem)) asked += weight;
    }
    // A heading of common words alone, as "Your order", says little when it is hit.
    const telling = Math.min(1, asked / (TELLING_SHARE * this.#vocabulary.weight('')));
    return all === 0 ? { share: 0, telling: 0 } : { share: asked / all, telling: (asked / all) * telling };
  }
}
