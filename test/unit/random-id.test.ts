import { expect, test } from 'vitest';
import { randomId } from '../../widget/src/reply/index.js';

test('an id is 22 letters that every server takes for a session', () => {
  for (let i = 0; i < 1_000; i++) expect(randomId()).toMatch(/^[\w-]{22}$/);
});

test('no two ids are equal, and every bit of them is random', () => {
  const ids = Array.from({ length: 1_000 }, () => randomId());
  expect(new Set(ids).size).toBe(ids.length);
  for (const letter of 'AZaz09-_')
    expect(
      ids.some((id) => id.includes(letter)),
      letter,
    ).toBe(true);
});
