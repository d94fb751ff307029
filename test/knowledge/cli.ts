import { seededRandom } from '../helpers/random.js';
import { askedOf, type Evaluation, evaluate, indexDemo, measureThousand, QUESTIONS } from './evaluation.js';

/**
 * Prints how well the demo shop's pages are searched, and how fast. With `--misses`, the questions of the tuning part that
 * went wrong; of the held-out parts only the counts are ever shown.
 */
export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--misses');
  if (unknown !== undefined) {
    console.error(`Unknown option '${unknown}'\nnpm run eval:knowledge -- [--misses]`);
    return 2;
  }
  const index = await indexDemo();
  const parts = ['tuning', 'held-out', 'later', 'near'].map(
    (part) => [part, QUESTIONS.filter((question) => question.part === part)] as const,
  );
  const columns = [...parts, ['all', QUESTIONS] as const].map(
    ([name, asked]) => [name, evaluate(index, asked)] as const,
  );
  console.log(`${index.passages.length} passages of the demo's pages, ${QUESTIONS.length} questions\n`);
  console.log(
    row(
      '',
      columns.map(([name]) => name),
    ),
  );
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  const found = (show: (evaluation: Evaluation) => string) => (evaluation: Evaluation) =>
    evaluation.answerable === 0 ? '–' : show(evaluation);
  const lines: readonly (readonly [string, (evaluation: Evaluation) => string])[] = [
    ['answerable questions', ({ answerable }) => String(answerable)],
    ['hit@1', found(({ hit1 }) => percent(hit1))],
    ['hit@3', found(({ hit3 }) => percent(hit3))],
    ['hit@5', found(({ hit5 }) => percent(hit5))],
    ['MRR', found(({ reciprocalRank }) => reciprocalRank.toFixed(3))],
    ['rightly quoted', found(({ quoted }) => percent(quoted))],
    ['another passage quoted', found(({ misquoted }) => percent(misquoted))],
    ['wrongly refused', found(({ refused }) => percent(refused))],
    ['unanswerable questions', ({ unanswerable }) => String(unanswerable)],
    [
      'false answers among them',
      ({ falseAnswers, unanswerable }) => `${falseAnswers} (${percent(falseAnswers / unanswerable)})`,
    ],
  ];
  for (const [name, show] of lines)
    console.log(
      row(
        name,
        columns.map(([, evaluation]) => show(evaluation)),
      ),
    );
  const times = await measureThousand(index, seededRandom(7));
  console.log(
    `\n${times.passages} passages: read and cut up in ${times.readMs.toFixed(0)} ms, indexed in ${times.indexMs.toFixed(0)} ms; ` +
      `a question p50 ${times.p50Ms.toFixed(2)} ms, p95 ${times.p95Ms.toFixed(2)} ms (best of five)`,
  );
  if (!args.includes('--misses')) return 0;
  for (const asked of parts[0]?.[1] ?? []) {
    const { hits, places, rank, band } = askedOf(index, asked);
    const isRight = asked.expected.length === 0 ? band !== 'sure' : rank === 1 && band === 'sure';
    if (isRight) continue;
    const [best] = hits;
    console.log(
      `\n${asked.earlier?.join(' / ') ?? ''} ${asked.question}\n  ${band}, coverage ${best?.coverage.toFixed(2) ?? '–'}, rank ${rank ?? '–'}`,
    );
    console.log(`  expected ${asked.expected.join(' | ') || 'nothing'}\n  found    ${places.slice(0, 3).join(' | ')}`);
  }
  return 0;
}

const row = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(26)}${cells.map((cell) => cell.padStart(14)).join('')}`;
