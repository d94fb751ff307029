import { costOf } from './measure.js';
import type { Question } from './question.js';
import { ratio, size, tableLines, time } from './table.js';
import { replyText, SHAPES } from './texts.js';

/** So much is read in each run, in as many replies as it takes. */
const READ_LENGTH = 262_144;

/** Reading alone: what it finds goes nowhere. */
export const PARSER: Question = {
  name: 'parser',
  async ask(pages, { isQuick }, print) {
    const lengths = isQuick ? [32_768] : [4_096, 32_768, 262_144];
    const shapes = isQuick ? SHAPES.slice(0, 3) : SHAPES;
    const results = [];
    for (const shape of shapes) {
      for (const length of lengths) {
        const replies = Math.max(1, READ_LENGTH / length / (isQuick ? 2 : 1));
        const options = {
          text: replyText(shape, length),
          way: 'run',
          replies,
          capMs: 10_000,
          runs: isQuick ? 1 : 3,
        } as const;
        const own = await costOf(pages, 'chat-stream, parser', options);
        const other = await costOf(pages, 'streaming-markdown, parser', options);
        results.push({ shape, length, ownMs: own.cpu.totalMs / replies, otherMs: other.cpu.totalMs / replies });
      }
    }
    print('CPU time of one reply, read token by token in one task, without any output. Aim, typical: under 3×.');
    const rows = results.map(({ shape, length, ownMs, otherMs }) => [
      `${shape}, ${size(length)}`,
      time(ownMs),
      time(otherMs),
      ratio(ownMs, otherMs),
    ]);
    tableLines(['reply', 'chat-stream', 'streaming-markdown', 'ratio'], rows).forEach(print);
    return results;
  },
};
