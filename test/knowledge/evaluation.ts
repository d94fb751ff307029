import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../server/src/clock.js';
import { Folder } from '../../server/src/knowledge/folder.js';
import { loadLanguage } from '../../server/src/knowledge/language.js';
import { PassageIndex } from '../../server/src/knowledge/passage-index.js';
import { bandOf } from '../../server/src/responders/knowledge-answer.js';
import synonyms from '../../demo/synonyms.json' with { type: 'json' };
import questions from './questions.json' with { type: 'json' };

/** A question as somebody would type it, and where its answer stands; nowhere, for one that the pages do not answer. */
export interface EvaluatedQuestion {
  readonly question: string;
  /** What the visitor asked before it. */
  readonly earlier?: readonly string[];
  /** Passages that answer it, each as `path#heading`. */
  readonly expected: readonly string[];
  /**
   * Thresholds and boosts were chosen by the look of `tuning`; `held-out` was only counted, and so was `later`, written
   * afterwards. `near`: of what the pages are not about, in their words; they chose how much of such a question must be covered.
   */
  readonly part: string;
}

export const QUESTIONS: readonly EvaluatedQuestion[] = questions;

/** What a part of the questions came to; rates from 0 to 1. */
export interface Evaluation {
  readonly answerable: number;
  readonly hit1: number;
  readonly hit3: number;
  readonly hit5: number;
  /** Mean of 1 / rank of the first right passage, of five. */
  readonly reciprocalRank: number;
  /** Answerable ones that were quoted, and rightly. */
  readonly quoted: number;
  /** Answerable ones whose quote is of another passage. */
  readonly misquoted: number;
  /** Answerable ones that were said not to be in the pages. */
  readonly refused: number;
  readonly unanswerable: number;
  /** Unanswerable ones that were quoted for all that. */
  readonly falseAnswers: number;
}

const LIMIT = 5;
/** Nobody ends the reading. */
const { signal: ENDLESS } = new AbortController();
const quietly = { info() {}, warn() {}, error() {} };

/** The pages of the demo shop, as the demo has them indexed; without its synonyms where they are empty. */
export async function indexDemo(
  options: { readonly synonyms: readonly (readonly string[])[] } = { synonyms },
): Promise<PassageIndex> {
  const folder = fileURLToPath(new URL('../../demo', import.meta.url));
  return PassageIndex.build(await folderOf(folder).passages(ENDLESS), await loadLanguage('en', options.synonyms));
}

const folderOf = (folder: string) =>
  new Folder({ folder, baseUrl: '/', maxFileBytes: 1_048_576, clock: systemClock, logger: quietly });

/** Where a question was found: the rank of the first right passage, from 1; undefined where it is not among the first five. */
export function askedOf(index: PassageIndex, { question, earlier = [], expected }: EvaluatedQuestion) {
  const hits = index.find(question, earlier, LIMIT);
  const places = hits.map(({ passage }) => passage.id.replace(/~\d+$/, ''));
  const rank = places.findIndex((place) => expected.includes(place)) + 1;
  return { hits, places, rank: rank === 0 ? undefined : rank, band: bandOf(hits) };
}

export function evaluate(index: PassageIndex, asked: readonly EvaluatedQuestion[]): Evaluation {
  const answerable = asked.filter(({ expected }) => expected.length > 0).map((each) => askedOf(index, each));
  const unanswerable = asked.filter(({ expected }) => expected.length === 0).map((each) => askedOf(index, each));
  const share = (isIt: (result: (typeof answerable)[number]) => boolean) =>
    answerable.filter(isIt).length / Math.max(1, answerable.length);
  return {
    answerable: answerable.length,
    hit1: share(({ rank }) => rank === 1),
    hit3: share(({ rank }) => rank !== undefined && rank <= 3),
    hit5: share(({ rank }) => rank !== undefined),
    reciprocalRank:
      answerable.reduce((sum, { rank }) => sum + (rank === undefined ? 0 : 1 / rank), 0) /
      Math.max(1, answerable.length),
    quoted: share(({ band, rank }) => band === 'sure' && rank === 1),
    misquoted: share(({ band, rank }) => band === 'sure' && rank !== 1),
    refused: share(({ band }) => band === 'none'),
    unanswerable: unanswerable.length,
    falseAnswers: unanswerable.filter(({ band }) => band === 'sure').length,
  };
}

/** Times of a bigger folder: so many pages of ten passages each, whose words are the demo's, mixed. */
export async function measureThousand(demo: PassageIndex, random: () => number) {
  const folder = await mkdtemp(join(tmpdir(), 'chat-stream-knowledge-'));
  try {
    const words = demo.passages.flatMap(({ text }) => text.split(/\s+/));
    const some = (count: number) =>
      Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
    for (let page = 0; page < 100; page++) {
      const sections = Array.from({ length: 10 }, () => `## ${some(4)}\n\n${some(80)}\n`);
      await writeFile(join(folder, `page-${page}.md`), `# ${some(3)}\n\n${sections.join('\n')}`);
    }
    const language = await loadLanguage('en');
    const began = performance.now();
    const passages = await folderOf(folder).passages(ENDLESS);
    const readMs = performance.now() - began;
    const builds: number[] = [];
    let index = await PassageIndex.build(passages, language);
    for (let time = 0; time < 5; time++) {
      const start = performance.now();
      index = await PassageIndex.build(passages, language);
      builds.push(performance.now() - start);
    }
    const find = ({ question, earlier = [] }: EvaluatedQuestion) => {
      const start = performance.now();
      index.find(question, earlier, LIMIT);
      return performance.now() - start;
    };
    // Of a few times each the best: what else runs on the machine is not the index's.
    const times = QUESTIONS.map((question) => Math.min(...[1, 2, 3, 4, 5].map(() => find(question))));
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
    return { passages: passages.length, readMs, indexMs: Math.min(...builds), p50Ms: at(0.5), p95Ms: at(0.95) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
