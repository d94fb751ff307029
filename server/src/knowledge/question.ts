import type { Language } from './language.js';
import type { Vocabulary } from './vocabulary.js';

/** One thing that a question asks for. */
export interface Term {
  readonly stem: string;
  /** How much of the question it is, up to 1: less for a word of its frame, and for one of an earlier question. */
  readonly share: number;
  /** Whether it is the word that was meant, up to 1: less for a corrected one. */
  readonly certainty: number;
  /** Whether it belongs to how one asks. */
  readonly isFrame: boolean;
  /** Whether the site has the word at all. */
  readonly isKnown: boolean;
  /** Whether it was asked for before, and not in the question itself. */
  readonly isEarlier: boolean;
}

/** A question as it is looked up. */
export interface Question {
  readonly terms: readonly Term[];
  /** Whether it is only understood with one before it. */
  readonly leans: boolean;
}

/** Terms of one question at the most: nobody asks for more, and each costs time. */
const MAX_TERMS = 48;
/** Characters that are read: the rest of a pasted letter changes nothing. */
const MAX_READ_LENGTH = 2_000;
/** Misspelt words that are corrected: each costs a search of its own. */
const MAX_CORRECTIONS = 12;

const CORRECTED_CERTAINTY = 0.8;
const SPLIT_CERTAINTY = 0.5;
/** What a word of the question's frame counts for, as `take` in "how long does it take". */
const FRAME_SHARE = 0.4;
/** What an earlier question's words count for in one that leans on it. */
const EARLIER_SHARE = 0.3;
/** Earlier questions that are looked through for the topic. */
const MAX_EARLIER = 4;
/** A question with no more words of its own may lean on the one before. */
const FEW_TERMS = 2;

/**
 * Reads a question. `earlier`: the visitor's questions before it, newest last. One that leans on them ("and for children?")
 * takes along the words of the last one that was answered, as weaker ones: what was asked in vain is no topic.
 */
export function readQuestion(
  text: string,
  earlier: readonly string[],
  language: Language,
  vocabulary: Vocabulary,
  isAnswered: (question: Question) => boolean = () => true,
): Question {
  const read = (question: string): Question => {
    const terms = termsOf(question, language, vocabulary).slice(0, MAX_TERMS);
    return { terms, leans: leansOnEarlier(question, terms, language) };
  };
  const question = read(text);
  const topic = question.leans ? topicOf(earlier.slice(-MAX_EARLIER), read, isAnswered) : undefined;
  return topic ? withTopic(question, topic) : question;
}

/** What was talked of last: the newest question that was answered, with the topic of its own where it leaned, too. */
function topicOf(
  earlier: readonly string[],
  read: (question: string) => Question,
  isAnswered: (question: Question) => boolean,
): Question | undefined {
  let leaning: Question[] = [];
  for (const [at, text] of [...earlier.entries()].toReversed()) {
    const question = read(text);
    leaning.unshift(question);
    if (question.leans && at > 0) continue;
    let topic: Question | undefined;
    for (const next of leaning) {
      const whole = topic ? withTopic(next, topic) : next;
      if (isAnswered(whole)) topic = whole;
    }
    if (topic) return topic;
    leaning = [];
  }
  return undefined;
}

function withTopic(question: Question, topic: Question): Question {
  const terms = new Map(question.terms.map((term) => [term.stem, term]));
  for (const term of topic.terms) {
    if (!term.isKnown || terms.has(term.stem)) continue;
    terms.set(term.stem, { ...term, share: term.isEarlier ? term.share : term.share * EARLIER_SHARE, isEarlier: true });
  }
  return { ...question, terms: [...terms.values()].slice(0, MAX_TERMS) };
}

function termsOf(text: string, language: Language, vocabulary: Vocabulary): Term[] {
  const terms = new Map<string, Term>();
  let corrections = MAX_CORRECTIONS;
  const words = joined(language.words(text.slice(0, MAX_READ_LENGTH)), language, vocabulary);
  const add = (stem: string, term: Omit<Term, 'stem' | 'isEarlier'>) => {
    if (!terms.has(stem)) terms.set(stem, { stem, ...term, isEarlier: false });
  };
  for (const word of words) {
    const stem = language.stem(word);
    if (stem === undefined || terms.has(stem)) continue;
    const isFrame = language.isFrame(word);
    const shared = { isFrame, share: isFrame ? FRAME_SHARE : 1 };
    if (vocabulary.has(stem)) {
      add(stem, { ...shared, certainty: 1, isKnown: true });
      continue;
    }
    const mayCorrect = corrections-- > 0;
    const parts = mayCorrect ? vocabulary.split(word) : undefined;
    const corrected = mayCorrect && !parts ? vocabulary.correct(word) : undefined;
    if (parts) for (const part of parts) add(part, { ...shared, certainty: SPLIT_CERTAINTY, isKnown: true });
    else if (corrected !== undefined) add(corrected, { ...shared, certainty: CORRECTED_CERTAINTY, isKnown: true });
    else add(stem, { ...shared, certainty: 1, isKnown: false });
  }
  return [...terms.values()];
}

/** `wet suit` where the site says `wetsuit`. */
function joined(words: readonly string[], language: Language, vocabulary: Vocabulary): string[] {
  const result: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const [word = '', next] = [words[index], words[index + 1]];
    const isPair = next !== undefined && isOneWord(word, next, language, vocabulary);
    result.push(isPair ? `${word}${next}` : word);
    if (isPair) index++;
  }
  return result;
}

/** Whether the site has two words as one, and either lacks one of the two or uses it less than both together. */
function isOneWord(word: string, next: string, language: Language, vocabulary: Vocabulary): boolean {
  const whole = language.stem(word + next);
  if (whole === undefined || !vocabulary.has(whole)) return false;
  const parts = [word, next].map((part) => language.stem(part)).filter((stem) => stem !== undefined);
  return parts.some(
    (part) => !vocabulary.has(part) || (parts.length === 2 && vocabulary.weight(part) > vocabulary.weight(whole)),
  );
}

/** How a question begins that goes on from the one before. */
const GOES_ON: Readonly<Record<string, RegExp>> = {
  en: /^\W*(?:and|but|or|also|then|so|what about|how about|what if|same)\b/i,
  de: /^\W*(?:und|aber|oder|auch|dann|also|was ist mit|wie ist es mit)\b/i,
  fr: /^\W*(?:et|mais|ou|alors|aussi|qu'en est-il)\b/i,
  es: /^\W*(?:¿\s*)?(?:y|pero|o|entonces|también|qué hay de)\b/i,
};
/** Words that stand for something said before. */
const STANDS_FOR: Readonly<Record<string, RegExp>> = {
  en: /\b(?:it|its|that|those|them|they|these|this|there|one|ones)\b/i,
  de: /\b(?:es|das|die|sie|diese[rsnm]?|dort|davon|dafür)\b/i,
};

function leansOnEarlier(text: string, own: readonly Term[], { tag }: Language): boolean {
  if (own.length === 0) return true;
  if (own.length > FEW_TERMS + 1) return false;
  const start = text.slice(0, 400);
  const goesOn = GOES_ON[tag]?.test(start) === true;
  return (
    goesOn ||
    (own.length <= FEW_TERMS && STANDS_FOR[tag]?.test(start) === true) ||
    (own.length === 1 && own.every(({ isKnown }) => !isKnown))
  );
}
