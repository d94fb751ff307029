import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const SOURCE = new URL('../../server/src/', import.meta.url);

/** The regular expressions that are written in a file: after what an expression can begin with, on one line. */
const patternsOf = (text: string) =>
  [
    ...text.matchAll(/(?:[=(,:[!&|?]|return)\s*\/((?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)/g),
  ].map(([, source = '', flags]) => new RegExp(source, flags));

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const patterns = files.flatMap((file) =>
  patternsOf(readFileSync(new URL(file, SOURCE), 'utf8')).map((pattern) => ({ file, pattern })),
);

/** What is repeated: letters that the patterns know, and pairs of them. */
const PUMPS = [...'a0 \t\n-_.:=/%"\'[]()|,;*#`~+', 'a ', 'a.', 'a-', '0.', '. ', ' a', '=a', '\n ', '](', '1. ', 'ab'];
const LENGTH = 30_000;

/** The shortest of some tries: a machine that is busy is no pattern that is slow. */
function timeOf(pattern: RegExp, text: string): number {
  let shortest = Infinity;
  for (let tries = 0; tries < 3 && shortest > 20; tries++) {
    const before = performance.now();
    pattern.lastIndex = 0;
    pattern.exec(text);
    shortest = Math.min(shortest, performance.now() - before);
  }
  return shortest;
}

test('the search for patterns finds them', () => {
  expect(patterns.length).toBeGreaterThan(15);
  expect(patternsOf('const a = /^a+$/; x.replace(/\\/+/g, b); // no /one/ here')).toEqual([/^a+$/, /\/+/g]);
});

test.each(patterns)('$pattern of $file takes no more than a moment of any text', ({ pattern }) => {
  for (const pump of PUMPS) {
    const repeated = pump.repeat(LENGTH / pump.length);
    for (const text of [`${repeated}\u0000`, `Bearer ${repeated}!`, `"${repeated}`, `<${repeated}`]) {
      // One that tries every pair of places takes 450 million steps for this: a second, not a moment.
      expect(timeOf(pattern, text), JSON.stringify(text.slice(0, 20))).toBeLessThan(250);
    }
  }
});
