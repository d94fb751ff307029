import { describe, expect, test } from 'vitest';
import { RequestError } from '../../server/src/http/problem.js';
import {
  readCursor,
  readFeedback,
  readKey,
  readMessage,
  readPage,
  readRegenerate,
  readSession,
  readSessionId,
} from '../../server/src/http/validate.js';

/** What a refusal says; fails where nothing is refused. */
function refusal(read: () => unknown): RequestError {
  try {
    read();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('a message', () => {
  test('is read with its role filled in', () => {
    expect(readMessage({ content: 'Hi' }, 10)).toEqual({ content: 'Hi', role: 'user' });
    const whole = {
      content: 'Hi',
      role: 'user',
      clientMessageId: 'a:b_c-1',
      replaces: 'm',
      context: [1],
      metadata: { a: 1 },
    };
    expect(readMessage(whole, 10)).toEqual(whole);
  });

  test('keeps its text as it came, white space and all', () => {
    for (const content of [' a ', 'a\r\nb', '\u200b👩‍👩‍👧‍👦', 'a\u0000b'])
      expect(readMessage({ content }, 20).content).toBe(content);
  });

  test('is measured in code points', () => {
    expect(readMessage({ content: '👍'.repeat(10) }, 10).content.length).toBe(20);
    const { code, options } = refusal(() => readMessage({ content: '👍'.repeat(11) }, 10));
    expect({ code, limit: options.limit }).toEqual({ code: 'content_too_large', limit: 10 });
  });

  test('names several faults at once, three at the most', () => {
    const { message } = refusal(() =>
      readMessage({ content: 1, role: 'system', clientMessageId: '', metadata: 1, x: 1 }, 10),
    );
    expect(message).toMatch(/"content".*"role".*"clientMessageId"/);
    expect(message).not.toContain('metadata');
  });

  test.each([undefined, null, 'text', 42, [], [{ content: 'Hi' }]])('is none from %j', (body) => {
    expect(refusal(() => readMessage(body, 10))).toMatchObject({ code: 'invalid_request', status: 400 });
  });
});

test('the other bodies take their own keys only', () => {
  expect(readRegenerate(undefined)).toEqual({});
  expect(readRegenerate({ clientMessageId: 'k' })).toEqual({ clientMessageId: 'k' });
  expect(readFeedback({ rating: 'up', comment: 'Nice' })).toEqual({ rating: 'up', comment: 'Nice' });
  expect(readSession(undefined)).toEqual({});
  expect(readSession({ metadata: { a: 1 }, locale: 'de-DE' })).toEqual({ metadata: { a: 1 }, locale: 'de-DE' });
  for (const read of [readRegenerate, readFeedback, readSession]) {
    expect(refusal(() => read({ rating: 'up', surprise: 1 })).message).toContain('"surprise"');
  }
});

describe('a session id', () => {
  test.each(['a'.repeat(16), 'A-Z_09-az-AZ-0-9_', 'x'.repeat(128), '5f0c7a34-8f0f-4d53-bb0c-7b9a9a4b2f0e'])(
    'may be %s',
    (id) => {
      expect(readSessionId(id)).toBe(id);
    },
  );

  test.each([
    undefined,
    '',
    'a'.repeat(15),
    'a'.repeat(129),
    'has space in the middle',
    'sixteen-letters\n',
    ['a'.repeat(16)],
    7,
  ])('may not be %j, and the refusal names it, shortened and on one line', (id) => {
    const { message } = refusal(() => readSessionId(id));
    const shown = id === undefined ? 'undefined' : JSON.stringify(id);
    expect(message).toContain(shown.slice(0, 50));
    expect(message.length).toBeLessThan(250);
    expect(message).not.toContain('\n');
  });
});

test('the key of the body goes before that of the header', () => {
  expect(readKey('body', 'header')).toBe('body');
  expect(readKey(undefined, 'header')).toBe('header');
  expect(readKey(undefined, '"header"')).toBe('header');
  expect(readKey(undefined, undefined)).toBeUndefined();
  expect(readKey('body', 'not a key')).toBe('body');
  for (const none of ['not a key', '', '""', '"', '"key', 'key"', '""key""', '"a b"', '"key";v=1']) {
    expect(refusal(() => readKey(undefined, none)).message).toContain('Idempotency-Key: must be 1 to 128 of');
  }
});

test.each([
  ['17', undefined, 17],
  ['0', '9', 0],
  [undefined, '17', 17],
  ['abc', '17', undefined],
  [['1', '2'], '17', 17],
  ['', undefined, undefined],
  ['-1', undefined, undefined],
  ['1.5', undefined, undefined],
  ['1e3', undefined, undefined],
  ['9'.repeat(16), undefined, undefined],
  [undefined, undefined, undefined],
])('the cursor of ?after=%j and Last-Event-ID %j is %j', (query, header, cursor) => {
  expect(readCursor(query, header)).toBe(cursor);
});

test('a page has a hundred messages unless the query says otherwise', () => {
  expect(readPage({})).toEqual({ limit: 100 });
  expect(readPage({ limit: '5', before: 'm', other: 'x' })).toEqual({ limit: 5, before: 'm' });
  for (const limit of ['0', '201', 'x', '', '1.5', ['1', '2']]) {
    expect(refusal(() => readPage({ limit })).message).toContain('"limit"');
  }
});
