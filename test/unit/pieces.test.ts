import { expect, test } from 'vitest';
import { takeEach } from '../../server/src/replies/pieces.js';

/** An iterable of 1, 2, 3 … that tells what was asked of it. */
function counted(next: (piece: number) => unknown = (piece) => Promise.resolve({ done: piece > 3, value: piece })) {
  const asked: string[] = [];
  let piece = 0;
  // What is tested is also what no type allows.
  const iterator = {
    next() {
      asked.push('next');
      return next(++piece);
    },
    async return() {
      asked.push('return');
    },
  } as unknown as AsyncIterator<number>;
  return { asked, pieces: { [Symbol.asyncIterator]: () => iterator } };
}

test('gives each piece, in order, and is done where none is left', async () => {
  const { asked, pieces } = counted();
  const taken: number[] = [];
  await takeEach(pieces, (piece) => (taken.push(piece), 'more'));
  expect(taken).toEqual([1, 2, 3]);
  expect(asked).toEqual(['next', 'next', 'next', 'next']);
});

test('asks for no more where there is enough, and leaves the iterable', async () => {
  const { asked, pieces } = counted();
  await takeEach(pieces, (piece) => (piece === 2 ? 'enough' : 'more'));
  expect(asked).toEqual(['next', 'next', 'return']);
});

test('runs the end of a generator that is left, and tells what fails there', async () => {
  async function* left() {
    try {
      yield 1;
      yield 2;
    } finally {
      await Promise.reject(new Error('closed badly'));
    }
  }
  await expect(takeEach(left(), () => 'enough')).rejects.toThrow('closed badly');
});

test('leaves an iterable whose piece cannot be taken', async () => {
  const { asked, pieces } = counted();
  const refused = takeEach(pieces, () => {
    throw new Error('no such piece');
  });
  await expect(refused).rejects.toThrow('no such piece');
  expect(asked).toEqual(['next', 'return']);
});

test.each([
  ['a promise that rejects', () => Promise.reject(new Error('gone'))],
  [
    'an error at once',
    () => {
      throw new Error('gone');
    },
  ],
])('fails as the iterable does: %s', async (_name, fail) => {
  for (const at of [1, 3]) {
    const { pieces } = counted((piece) => (piece === at ? fail() : Promise.resolve({ done: false, value: piece })));
    await expect(takeEach(pieces, () => 'more')).rejects.toThrow('gone');
  }
});

test('takes the answers of an iterator that makes no promises', async () => {
  const { pieces } = counted((piece) => ({ done: piece > 3, value: piece }));
  const taken: number[] = [];
  await takeEach(pieces, (piece) => (taken.push(piece), 'more'));
  expect(taken).toEqual([1, 2, 3]);
});
