import { type Cost, costOf } from './measure.js';
import type { Question } from './question.js';
import { exponent, ratio, size, tableLines, time } from './table.js';
import { replyText, type Shape, SHAPES } from './texts.js';

const RENDERERS = ['chat-stream', 'streaming-markdown', 'marked', 'streamdown', 'raw text'] as const;
type Renderer = (typeof RENDERERS)[number];
const MEGABYTE = 1_048_576;

interface Case {
  readonly shape: Shape;
  readonly length: number;
  readonly costs: Partial<Record<Renderer, Cost>>;
}

type Column = readonly [heading: string, renderer: Renderer, pick: (cost: Cost) => number];

/** The whole renderer, fed as fast as it can take it. */
export const COST: Question = {
  name: 'cost',
  async ask(pages, { isQuick }, print) {
    const shapes: readonly Shape[] = isQuick ? ['typical', 'one list', 'paragraph with a lone *'] : SHAPES;
    const lengths = isQuick ? [4_096, 32_768] : [4_096, 32_768, 262_144, MEGABYTE];
    const options = { way: 'feed', runs: isQuick ? 1 : 3 } as const;
    const cases: Case[] = [];
    for (const shape of shapes) {
      const given: Partial<Record<Renderer, Cost>> = {};
      for (const length of lengths) {
        const costs: Partial<Record<Renderer, Cost>> = {};
        const text = replyText(shape, length);
        const capMs = isQuick ? 1_000 : length === MEGABYTE ? 20_000 : 8_000;
        for (const renderer of RENDERERS) {
          // Only to see whether it grows in proportion.
          if (length === MEGABYTE && renderer !== 'chat-stream') continue;
          const before = given[renderer];
          // What did not get through a part of this reply costs at least as much for all of it.
          const cost = before && before.share < 1 ? before : await costOf(pages, renderer, { text, capMs, ...options });
          costs[renderer] = given[renderer] = cost;
        }
        cases.push({ shape, length, costs });
      }
    }
    show(cases, print);
    return cases;
  },
};

function show(cases: readonly Case[], print: (line: string) => void): void {
  const table = (cell: (cost: Cost) => string, ratioOf: (cost: Cost) => number) => {
    const rows = cases.map(({ shape, length, costs }) => [
      `${shape}, ${size(length)}`,
      ...RENDERERS.map((renderer) => (costs[renderer] ? cell(costs[renderer]) : '')),
      comparison(costs['chat-stream'], costs['streaming-markdown'], ratioOf),
    ]);
    tableLines(['reply', ...RENDERERS, 'ratio'], rows).forEach(print);
  };
  print(
    'CPU time of the main thread, all of it: each token in a task of its own, one after the other. Ratio: to streaming-markdown.',
  );
  table(
    ({ cpu, share }) => `${share < 1 ? '> ' : ''}${time(cpu.totalMs)}`,
    ({ cpu }) => cpu.totalMs,
  );
  print('');
  print(
    'Worst task: the longest time from one token to the next, by the clock (on a busy machine, others have their share).',
  );
  table(
    ({ worstMs }) => time(worstMs),
    ({ worstMs }) => worstMs,
  );
  print('');
  print('How CPU time grows: its exponent over size; 1 is in proportion. Aim: at most 1.1.');
  print('What was ended early counts as if its rest cost as much a token: it costs more.');
  const shapes = [...new Set(cases.map(({ shape }) => shape))];
  const columns: readonly Column[] = [
    ['script', 'chat-stream', ({ cpu }) => cpu.scriptMs],
    ['with layout', 'chat-stream', ({ cpu }) => cpu.totalMs],
    ['raw text: script', 'raw text', ({ cpu }) => cpu.scriptMs],
    ['with layout', 'raw text', ({ cpu }) => cpu.totalMs],
  ];
  const rows = shapes.map((shape) => [shape, ...columns.map((column) => grows(cases, shape, column))]);
  tableLines(['reply', ...columns.map(([heading]) => heading)], rows).forEach(print);
}

/** What was ended early can't be compared, but for being more. */
function comparison(own: Cost | undefined, other: Cost | undefined, pick: (cost: Cost) => number): string {
  if (!own || !other || own.share < 1) return '–';
  return `${other.share < 1 ? '< ' : ''}${ratio(pick(own), pick(other))}`;
}

function grows(cases: readonly Case[], shape: Shape, [, renderer, pick]: Column): string {
  const points: (readonly [number, number])[] = [];
  let isWhole = true;
  for (const { costs, length, ...one } of cases) {
    const cost = costs[renderer];
    // One that stands for a longer reply, too, tells nothing of it.
    if (one.shape !== shape || !cost || cost.share === 0 || !isWhole) continue;
    isWhole = cost.share === 1;
    points.push([length, pick(cost) / cost.share]);
  }
  if (points.length < 2) return '–';
  return `${isWhole ? '' : '> '}${exponent(points).toFixed(2)}`;
}
