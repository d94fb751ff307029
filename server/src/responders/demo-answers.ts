/** One prepared answer of the demo and the words that lead to it. */
export interface DemoAnswer {
  readonly id: string;
  /**
   * Words and phrases, one of which is enough. Lower case, letters and digits only; `*` at the end stands for any
   * ending.
   */
  readonly keywords: readonly string[];
  /** Words and phrases that only tip the scale: two of them are as good as a keyword. */
  readonly hints?: readonly string[];
  /** Markdown that also reads well as plain text. A paragraph is one line: some clients show single line ends. */
  readonly text: string;
}

/** What is said where no answer fits: plainly that nothing was understood, and what can be asked. */
export const FALLBACK_TEXT = `I have no prepared answer for that.

This is a demo and **no language model is attached**: I look for words I know in your question, and I found none that fit. Here is what I can talk about:

- **The shop**: returns, shipping, order tracking, sizes, care of neoprene, repairs, opening hours, contact
- **chat-stream**: what it is, how to embed it, streaming, cut connections, the protocol, privacy, how to connect a model

Please try other words, or write to [help@tidewater.example](mailto:help@tidewater.example).`;

const KEYWORD_SCORE = 2;
const HINT_SCORE = 1;
/** One keyword, or two hints. */
const ENOUGH_SCORE = 2;

/** The text of the answer that fits the question best, the first of equals; else the fallback. */
export function answerTo(question: string, answers: readonly DemoAnswer[]): string {
  return bestAnswer(question, answers)?.text ?? FALLBACK_TEXT;
}

/** The answer that fits the question best, the first of equals; undefined where none fits well enough. */
export function bestAnswer(question: string, answers: readonly DemoAnswer[]): DemoAnswer | undefined {
  const words = wordsOf(question);
  let best: DemoAnswer | undefined;
  let bestScore = ENOUGH_SCORE - 1;
  for (const answer of answers) {
    const score = scoreOf(answer, words);
    if (score <= bestScore) continue;
    best = answer;
    bestScore = score;
  }
  return best;
}

function scoreOf({ keywords, hints = [] }: DemoAnswer, words: string): number {
  const found = (terms: readonly string[]) => terms.filter((term) => holds(words, term)).length;
  return found(keywords) * KEYWORD_SCORE + found(hints) * HINT_SCORE;
}

const holds = (words: string, term: string) =>
  words.includes(term.endsWith('*') ? ` ${term.slice(0, -1)}` : ` ${term} `);

/** The words of the question in lower case without accents, between single spaces. */
function wordsOf(question: string): string {
  const words =
    question
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  // The product's name is one word, lest every question about it be one about streaming.
  return ` ${words.join(' ')} `.replaceAll(' chat stream ', ' chatstream ');
}
