import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const DOCUMENT = readFileSync(`${DOCS}security.md`, 'utf8');

/** The lines of all tables, each with its cells. */
const lines = DOCUMENT.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (Threat|---)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

/** Tests named in a cell, with their files. */
const testsIn = (cell: string) =>
  [...cell.matchAll(/\[((?:[^\]]|\](?!\())+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, title = '', file = '']) => ({
    title,
    file,
  }));

describe('the table of threats', () => {
  test('has a line for each, with what is done, the default, tests and where it is described', () => {
    expect(lines.length).toBeGreaterThan(40);
    for (const cells of lines) {
      expect(cells, cells[0]).toHaveLength(5);
      for (const cell of cells) expect(cell.trim(), cells[0]).not.toBe('');
      expect(testsIn(cells[3] ?? '').length, `a test of "${cells[0]}"`).toBeGreaterThan(0);
    }
  });

  test.each(lines.map(([threat = '', , , tests = '']) => ({ threat, tests: testsIn(tests) })))(
    '$threat: its tests exist',
    ({ tests }) => {
      for (const { title, file } of tests) {
        expect(existsSync(`${DOCS}../${file}`), file).toBe(true);
        const source = readFileSync(`${DOCS}../${file}`, 'utf8').replaceAll("\\'", "'");
        const isTitle = ["'", '`', '"'].some((quote) => source.includes(`${quote}${title}${quote}`));
        expect(isTitle, `a test of ${file} with the title: ${title}`).toBe(true);
      }
    },
  );

  test('names places as their lists do', () => {
    for (const [threat, , , , places = ''] of lines) {
      for (const place of places.split(' · ').flatMap((group) => group.split(', '))) {
        expect(place, threat).toMatch(/^(?:A )?\d{1,2}\.\d\.\d{1,2}$|^API(?:[1-9]|10)$|^LLM(?:0[1-9]|10)$/);
      }
    }
  });

  test('links to nothing that is not there', () => {
    for (const [, target = ''] of DOCUMENT.matchAll(/\]\((?!https:)([^)#]+)\)/g)) {
      expect(existsSync(`${DOCS}${target}`), target).toBe(true);
    }
  });
});
