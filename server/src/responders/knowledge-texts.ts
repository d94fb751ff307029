/**
 * What the responder says itself, around its quotes. `{title}` stands for the place that is quoted, `{contact}` for the
 * contact; where no contact is set, {@link KnowledgeTexts.contact} is left out.
 */
export interface KnowledgeTexts {
  /** Before a quote. */
  readonly quote: string;
  /** Before links to what comes nearest. */
  readonly closest: string;
  /** Where no page says anything about it. */
  readonly notFound: string;
  /** After `closest` and `notFound`. */
  readonly contact: string;
  /** The answer to a greeting and nothing more. */
  readonly greeting: string;
  /** The answer to thanks and nothing more. */
  readonly thanks: string;
  /** Words a greeting is made of, in lower case. */
  readonly greetingWords: readonly string[];
  /** Words of which thanks are made, in lower case. */
  readonly thanksWords: readonly string[];
}

/** What is said around quotes where the owner has set nothing else. */
export const ENGLISH_TEXTS: KnowledgeTexts = {
  quote: 'From “{title}” [{number}]:',
  closest: 'I am not sure that the pages answer this. The closest I found:',
  notFound: 'I did not find that in these pages.',
  contact: 'You can also ask us: {contact}',
  greeting: 'Hello! Ask me something: I look it up in the pages of this site.',
  thanks: 'You are welcome.',
  greetingWords: [
    'hi',
    'hello',
    'hey',
    'hiya',
    'howdy',
    'yo',
    'good morning',
    'good afternoon',
    'good evening',
    'good day',
    'greetings',
  ],
  thanksWords: [
    'thanks',
    'thank you',
    'thx',
    'ty',
    'cheers',
    'bye',
    'goodbye',
    'much appreciated',
    'great',
    'perfect',
    'ok thanks',
  ],
};

/** Which small talk a message is, where it is nothing else. */
export function smallTalkIn(message: string, texts: KnowledgeTexts): 'greeting' | 'thanks' | undefined {
  const words =
    message
      .slice(0, 200)
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
  if (words.length === 0 || words.length > MAX_SMALL_TALK_WORDS || message.length > 200) return undefined;
  const text = ` ${words.join(' ')} `;
  const isMadeOf = (phrases: readonly string[]) => {
    let rest = text;
    for (const phrase of phrases.toSorted((a, b) => b.length - a.length))
      rest = rest.replaceAll(` ${phrase.toLowerCase()} `, '  ');
    return rest !== text && rest.split(' ').every((word) => word === '' || COMPANY.has(word));
  };
  if (isMadeOf([...texts.thanksWords, ...texts.greetingWords]))
    return isMadeOf(texts.greetingWords) ? 'greeting' : 'thanks';
  return undefined;
}

const MAX_SMALL_TALK_WORDS = 8;
/** What may stand beside a greeting without making it a question. */
const COMPANY = new Set([
  'there',
  'all',
  'everyone',
  'team',
  'you',
  'so',
  'very',
  'much',
  'a',
  'lot',
  'again',
  'for',
  'your',
  'the',
  'help',
  'that',
]);

/** The texts with those that the owner set. */
export const withTexts = (texts: Partial<KnowledgeTexts> | undefined): KnowledgeTexts => ({
  ...ENGLISH_TEXTS,
  ...texts,
});

/** Puts values in the places of a text; one that names none of them stays as it is. */
export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? place) : place));

/** A contact as Markdown: an e-mail address or a URL as a link, any other text as it is. */
export function contactMarkdown(contact: string): string {
  const text = contact.trim();
  if (/^[^\s@<>()[\]]+@[^\s@<>()[\]]+\.[^\s@<>()[\]]+$/.test(text)) return `[${text}](mailto:${text})`;
  if (/^(?:https?:\/\/|\/)[^\s<>()[\]]+$/.test(text)) return `[${text.replace(/^https?:\/\//, '')}](${text})`;
  return text;
}
