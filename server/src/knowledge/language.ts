import { IRREGULAR_WORDS } from './irregular-words.js';
import { LANGUAGES } from './languages.js';

/** How a language's texts become words to look up. */
export interface Language {
  /** The first part of its tag, as `en`. */
  readonly tag: string;
  /** The words of a text as they stand there, in lower case; a word with hyphens is also told as one. */
  words(text: string): string[];
  /** What is looked up for a word; undefined for one that says nothing. */
  stem(word: string): string | undefined;
  /** Whether a word belongs to how one asks, more than to what one asks for. */
  isFrame(word: string): boolean;
}

/** Whether {@link loadLanguage} can: by the first part of a tag, as `pt` of `pt-BR`. */
export const isKnownLanguage = (tag: string): boolean => Object.hasOwn(LANGUAGES, primary(tag));

/**
 * Loads a language's stemmer and stop words. Words of one group of `synonyms` have one stem. @throws {TypeError} for one that is not known.
 */
export async function loadLanguage(tag: string, synonyms: readonly (readonly string[])[] = []): Promise<Language> {
  const language = primary(tag);
  const loaders = isKnownLanguage(language) ? LANGUAGES[language] : undefined;
  if (!loaders) throw new TypeError(`The language "${tag}" is not known.`);
  const stopWords = new Set(FILLERS[language]);
  for (const word of (await loaders.stopWords?.())?.stopwords ?? []) {
    for (const part of wordsOf(word, language)) stopWords.add(part);
  }
  const stemmer = (await loaders.stemmer?.())?.stemmer ?? ((word: string) => word);
  const stemOf =
    language === 'en' ? (word: string) => stemmer(IRREGULAR_WORDS.get(word) ?? word) : (word: string) => stemmer(word);
  const meaning = new Map<string, string>();
  for (const group of synonyms) {
    const [first = '', ...others] = group
      .flatMap((word) => wordsOf(word, language))
      .map((word) => withoutAccents(stemOf(word)));
    for (const other of others) meaning.set(other, first);
  }
  const stems = new Map<string, string | undefined>();
  const frame = new Set(FRAME[language]);
  return {
    tag: language,
    words: (text) => wordsOf(text, language),
    isFrame: (word) => frame.has(word),
    stem(word) {
      if (stems.has(word)) return stems.get(word);
      const isLookedFor = !stopWords.has(word) && word.length <= MAX_WORD_LENGTH;
      const own = isLookedFor ? withoutAccents(stemOf(word)) : undefined;
      const stem = own === undefined ? undefined : (meaning.get(own) ?? own);
      // Visitors' words must not fill the memory.
      if (stems.size < MAX_KEPT_STEMS) stems.set(word, stem);
      return stem;
    },
  };
}

/** A longer run of letters is no word that anybody looks for, and a stemmer's work grows with it. */
const MAX_WORD_LENGTH = 40;
const MAX_KEPT_STEMS = 50_000;

/** What people wrap their questions in, beyond the stop words of the library. */
const FILLERS: Readonly<Record<string, readonly string[]>> = {
  en: 'a please want wants wanted need needs like know tell hi hello hey ok okay thing things something anything someone anyone somebody anybody else also just really actually maybe possible get gets got getting go goes going let give make makes see say says said use one way us im ive id dont cant doesnt didnt isnt wont whats hows wheres lot much many happen happens quite got still yet ever u ur pls plz'.split(
    ' ',
  ),
  de: 'bitte möchte möchten möchtet will wollen brauche brauchen braucht weiß wissen sagen sag gibt gibts geben habt hab ihrs wann warum wieso weshalb wofür woher wohin worin womit wieviel geht gehts gehen machen macht mache tun lassen müssen müsst darf dürfen schon mal gern gerne eigentlich vielleicht irgendwie irgendwo irgendwas jemand möglich bekomme bekommen bekommt kriege kriegen kriegt'.split(
    ' ',
  ),
};

/** Words of how one asks: they may stand in a heading, but seldom alone are what is looked for. */
const FRAME: Readonly<Record<string, readonly string[]>> = {
  en: 'long take takes taking keep keeps keeping stay stop start begin become sell sells selling offer work works come comes find help ask look best good better new time put able'.split(
    ' ',
  ),
  de: 'lang lange dauert dauern halten hält bleiben bleibt beginnen beginnt verkaufen verkauft verkaufe anbieten bieten bietet funktioniert funktionieren kommen kommt finden finde findet helfen hilft fragen schauen beste besten gut gute guten besser neu neue neuen zeit'.split(
    ' ',
  ),
};

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0] ?? '';

const withoutAccents = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC');

/** Letters, marks and digits; hyphens and apostrophes within. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['\u2010\u2011-][\p{L}\p{N}\p{M}]+)*/gu;
/** Most words of most pages, at once. */
const PLAIN = /^[a-z0-9]+$/;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function wordsOf(text: string, language: string): string[] {
  const words: string[] = [];
  for (const run of text.normalize('NFKC').replaceAll('’', "'").toLowerCase().match(WORD) ?? []) {
    if (PLAIN.test(run)) words.push(run);
    else if (UNSPACED.test(run)) words.push(...unspacedWords(run, language));
    else words.push(...partsOf(run, language));
  }
  return words;
}

/** `e-mail` is looked for as `email`, `wet-suit` as `wetsuit` and by its parts; `shop's` as `shop`, `l'eau` as `eau`. */
function partsOf(run: string, language: string): string[] {
  const parts = run.split(/[\u2010\u2011-]/).flatMap((part) => {
    if (!part.includes("'")) return [part];
    return language === 'en' ? [part.replace(/'s$/, '').replaceAll("'", '')] : part.split("'");
  });
  const [first = ''] = parts;
  if (parts.length === 1) return parts;
  return run.includes('-') || /[\u2010\u2011]/.test(run)
    ? [parts.join(''), ...parts.filter((part) => part.length > 1)]
    : [first, ...parts.slice(1)].filter((part) => part.length > 1);
}

/** A window of text at a time: V8 copies the whole of it for each segment (see replies/pacing). */
function unspacedWords(run: string, language: string): string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  const windows = run.match(/[\s\S]{1,256}/gu) ?? [];
  return windows.flatMap((window) =>
    [...segmenter.segment(window)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment),
  );
}
