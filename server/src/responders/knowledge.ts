/**
 * `chat-stream-server/knowledge`: answers from a site's own pages, without a model or in front of one. A module of its own, so
 * that who does not use it does not load its parsers.
 * @module
 */
import { type Clock, sleep } from '../clock.js';
import { SitePages } from '../knowledge/site-pages.js';
import { type Pacing, pacedPieces } from '../replies/pacing.js';
import { answerFrom, bandOf, type KnowledgeAnswer, sourcesOf } from './knowledge-answer.js';
import { MAX_CONTEXT_PASSAGES, modelAnswer, modelResponder, turnWithPassages } from './knowledge-model.js';
import { checkKnowledgeOptions, type KnowledgeOptions } from './knowledge-options.js';
import { smallTalkIn } from './knowledge-texts.js';
import type { Responder, ResponderEvent, Turn } from './responder.js';

export type { KnowledgeOptions } from './knowledge-options.js';
export type { KnowledgeTexts } from './knowledge-texts.js';

/** Answers from pages; has a folder that it reads and may watch. */
export interface KnowledgeResponder extends Responder {
  /**
   * Resolves to the number of passages once the pages are indexed; rejects where the folder cannot be read. Answers wait for it
   * by themselves.
   */
  ready(): Promise<number>;
  /** Stops watching the folder. */
  close(): Promise<void>;
}

/** The visitor's questions that may set the topic of the one to answer. */
const MAX_EARLIER_QUESTIONS = 4;

/**
 * Answers from a folder of Markdown and HTML pages: with what stands there, quoted word for word, numbered sources and
 * suggestions; where the pages hold no answer, with the closest there is, or with the contact. It makes up nothing.
 *
 * ```ts
 * import { knowledgeResponder } from 'chat-stream-server/knowledge';
 * createChatServer({ respond: knowledgeResponder({ folder: 'docs', contact: 'help@shop.example' }) });
 * ```
 * @throws {TypeError} at construction, when an option is wrong or the folder is not there.
 */
export function knowledgeResponder(options: KnowledgeOptions): KnowledgeResponder {
  const settings = checkKnowledgeOptions(options);
  const { texts, contact, pacing, clock, logger } = settings;
  const model = options.model && modelResponder(options.model);
  const { otherwise } = options;
  const instructed = typeof options.model !== 'function';
  const pages = new SitePages(settings.pages);

  const respond = async function* (turn: Turn): AsyncGenerator<string | ResponderEvent, void, undefined> {
    const question = turn.message.content;
    const smallTalk = smallTalkIn(question, texts);
    if (smallTalk !== undefined) return yield* paced(texts[smallTalk], pacing, clock, turn.signal);
    const index = await pages.index;
    if (turn.signal.aborted) return;
    const hits = index.find(question, earlierQuestions(turn), MAX_CONTEXT_PASSAGES);
    const band = bandOf(hits);
    if (otherwise && band !== 'sure') {
      let hasAnswered = false;
      for await (const piece of otherwise(turn)) {
        hasAnswered = true;
        yield piece;
      }
      if (hasAnswered || turn.signal.aborted) return;
    }
    // A model without a page to go by would make something up.
    if (model && band !== 'none') {
      const sources = sourcesOf(hits.map(({ passage }) => passage));
      const hasAnswered = yield* modelAnswer(model, turnWithPassages(turn, hits, instructed), sources, logger);
      if (hasAnswered || turn.signal.aborted) return;
    }
    yield* quotes(answerFrom(hits, index, texts, contact), pacing, clock, turn.signal);
  };
  return Object.assign(respond, {
    ready: () => pages.index.then(({ passages }) => passages.length),
    close: () => pages.close(),
  });
}

async function* quotes(
  { sources, text, suggestions }: KnowledgeAnswer,
  pacing: Partial<Pacing> | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string | ResponderEvent, void, undefined> {
  if (sources.length > 0) yield { type: 'sources', sources };
  yield* paced(text, pacing, clock, signal);
  if (!signal.aborted && suggestions.length > 0) yield { type: 'suggestions', suggestions };
}

async function* paced(
  text: string,
  pacing: Partial<Pacing> | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  for (const { content, delayMs } of pacedPieces(text, pacing)) {
    if (delayMs > 0) await sleep(clock, delayMs, signal);
    if (signal.aborted) return;
    yield content;
  }
}

/** What the visitor asked before, newest last. */
const earlierQuestions = ({ messages, message }: Turn): string[] =>
  messages
    .filter(({ role, id }) => role === 'user' && id !== message.id)
    .slice(-MAX_EARLIER_QUESTIONS)
    .map(({ content }) => content);
