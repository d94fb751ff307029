import { type Cost, costOf } from './measure.js';
import { PATHOLOGICAL } from './pathological.js';
import type { Question } from './question.js';
import { tableLines, time } from './table.js';

const AIM_MS = 1_000;

/** Inputs made to be slow: is any of them? */
export const HOSTILE: Question = {
  name: 'pathological',
  async ask(pages, { isQuick }, print) {
    const results = [];
    for (const { name, text } of PATHOLOGICAL) {
      const options = { text, way: 'run', capMs: 5_000, runs: 1 } as const;
      const pieces = await costOf(pages, 'chat-stream', options);
      const whole = isQuick ? undefined : await costOf(pages, 'chat-stream', { ...options, tokenLength: text.length });
      results.push({ name, length: text.length, pieces, whole });
    }
    print(
      'chat-stream on 64 KB each of what is made to be slow: CPU time with layout, and of it what reading and writing took',
    );
    print('by the clock. Aim: each under 1 s. ! is over it.');
    const cells = (cost: Cost | undefined) => {
      if (!cost) return ['', ''];
      const isOver = Math.max(cost.cpu.totalMs, cost.writeMs) > AIM_MS;
      return [`${cost.share < 1 ? '> ' : ''}${time(cost.cpu.totalMs)}`, `${time(cost.writeMs)}${isOver ? ' !' : '  '}`];
    };
    const rows = results.map(({ name, pieces, whole }) => [name, ...cells(whole), ...cells(pieces)]);
    tableLines(['input', 'whole', 'writes  ', 'in pieces', 'writes  '], rows).forEach(print);
    const over = results.filter(({ pieces, whole }) =>
      [pieces, whole].some((cost) => cost && Math.max(cost.cpu.totalMs, cost.writeMs) > AIM_MS),
    );
    print(`${results.length - over.length} of ${results.length} under 1 s`);
    return results;
  },
};
