import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8');

const { faults: CORPUS } = JSON.parse(read('test/corpora/faults.json')) as {
  readonly faults: readonly { readonly id: string }[];
};
const SECTION =
  read('README.md')
    .split(/^## /m)
    .find((text) => text.startsWith('What happens when the line is cut\n')) ?? '';
/** The rows of its table that begin with a fault's id, and the tests each links to. */
const ROWS = [...SECTION.matchAll(/^\| `([a-z\d-]+)` \|.*$/gm)].map(([row, id = '']) => ({
  id,
  tests: [...row.matchAll(/\]\((test\/[^)\s]+)\)/g)].map(([, path = '']) => path),
}));

/** The text has a `describe` of that title, or of one that begins with it and a colon. */
const describes = (source: string, id: string): boolean =>
  new RegExp(`^ *describe(?:\\.each\\([^]*?\\))?\\(\\s*['"\`]${id}(?:: |['"\`])`, 'm').test(source);

describe('the faults of the README', () => {
  test('are those of the corpus, in its order', () => {
    expect(CORPUS.length).toBe(41);
    expect(ROWS.map(({ id }) => id)).toEqual(CORPUS.map(({ id }) => id));
  });

  test.each(ROWS)('$id links to tests that name it', ({ id, tests }) => {
    expect(tests, 'a row without a test').not.toEqual([]);
    for (const path of tests) {
      expect(existsSync(`${ROOT}/${path}`), `${path} does not exist`).toBe(true);
      expect(describes(read(path), id), `${path} has no describe('${id}') and no describe('${id}: …')`).toBe(true);
    }
  });
});
