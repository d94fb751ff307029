import { describe, expect, test } from 'vitest';
import { type ChatEvent, parseChatEvent, parseSnapshot } from 'chat-stream/protocol';

const parse = (value: unknown) => parseChatEvent(JSON.stringify(value));
const event = (value: unknown): ChatEvent => {
  const parsed = parse(value);
  if (parsed.kind !== 'event') throw new Error(`Not an event: ${JSON.stringify(parsed)}`);
  return parsed.event;
};

describe('an event', () => {
  test.each([
    { type: 'start', messageId: 'm' },
    {
      type: 'start',
      messageId: 'm',
      protocol: 1,
      userMessageId: 'u',
      clientMessageId: 'k',
      heartbeatMs: 15_000,
      createdAt: '2026-01-01T00:00:00.000Z',
      variantOf: 'o',
      reset: true,
    },
    { type: 'token', content: '' },
    { type: 'token', content: 'a👍\n', messageId: 'm' },
    { type: 'token', content: 'a', at: 0 },
    { type: 'end' },
    { type: 'end', messageId: 'm', reason: 'length', length: 0, usage: { input_tokens: 1, cost: 0.5 } },
    {
      type: 'error',
      error: 'No.',
      messageId: 'm',
      code: 'internal',
      retryable: false,
      retryAfterMs: 0,
      requestId: 'r',
    },
    { type: 'sources', sources: [{ id: '1', title: '', url: 'https://a', snippet: 's', score: 0.5 }] },
    { type: 'replace', content: '', reason: 'policy' },
    { type: 'status', status: 'searching', label: 'Looking' },
    { type: 'suggestions', suggestions: ['a', ''] },
    { type: 'data', name: 'cart', data: { any: [null] } },
  ])('of $type is read as it is', (value) => {
    expect(event(value)).toEqual(value);
  });

  test('keeps only the fields it knows, of the type they must have', () => {
    expect(event({ type: 'start', messageId: 'm', protocol: '1', heartbeatMs: -1, reset: 'yes', later: 1 })).toEqual({
      type: 'start',
      messageId: 'm',
    });
    for (const at of [-1, 1.5, '3', null, 2 ** 53]) {
      expect(event({ type: 'token', content: 'a', at })).toEqual({ type: 'token', content: 'a' });
    }
    expect(event({ type: 'end', messageId: 7, reason: 'tired', length: 1.5, usage: [1] })).toEqual({ type: 'end' });
    expect(event({ type: 'end', usage: { a: 1, b: 'x' } })).toEqual({ type: 'end', usage: { a: 1 } });
    expect(event({ type: 'suggestions', suggestions: ['a', 1, null] })).toEqual({
      type: 'suggestions',
      suggestions: ['a'],
    });
    const sources = [{ id: '1', title: 'T', url: 7 }, { id: '', title: 'T' }, { id: '2' }, null];
    expect(event({ type: 'sources', sources })).toEqual({ type: 'sources', sources: [{ id: '1', title: 'T' }] });
  });

  test('has no field that is undefined', () => {
    expect(Object.keys(event({ type: 'end' }))).toEqual(['type']);
  });

  test('of an error says something even where the server did not', () => {
    expect(event({ type: 'error' })).toEqual({ type: 'error', error: 'The reply failed.' });
  });

  test('carries nothing to a prototype', () => {
    const parsed = parseChatEvent('{"type":"end","__proto__":{"length":3},"usage":{"__proto__":{"a":1},"b":2}}');
    expect(parsed).toEqual({ kind: 'event', event: { type: 'end', usage: { b: 2 } } });
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });
});

test.each(['tool', 'reasoning', 'hasOwnProperty', '__proto__', 'constructor', 'toString', ''])(
  'an event of type %j is unknown, which is no fault',
  (type) => {
    expect(parse({ type })).toEqual({ kind: 'unknown', type });
  },
);

test.each([
  ['', 'not JSON'],
  ['{"type":"token"', 'not JSON'],
  ['[DONE]', 'not JSON'],
  ['null', 'not a JSON object'],
  ['[]', 'not a JSON object'],
  ['"text"', 'not a JSON object'],
  ['{}', '"type" is not a string'],
  ['{"type":1}', '"type" is not a string'],
  ['{"type":"start"}', 'start: "messageId"'],
  ['{"type":"start","messageId":""}', 'start: "messageId"'],
  ['{"type":"token"}', 'token: "content"'],
  ['{"type":"token","content":null}', 'token: "content"'],
  ['{"type":"sources","sources":{}}', 'sources: "sources"'],
  ['{"type":"replace"}', 'replace: "content"'],
  ['{"type":"status","status":"dancing"}', 'status: "status"'],
  ['{"type":"suggestions"}', 'suggestions: "suggestions"'],
  ['{"type":"data"}', 'data: "name"'],
])('%j is malformed, and the reason names what', (data, reason) => {
  expect(parseChatEvent(data)).toEqual({ kind: 'malformed', reason: expect.stringContaining(reason) });
});

describe('a snapshot', () => {
  const message = { id: 'm', role: 'assistant', content: 'Hi', status: 'complete', createdAt: '2026', lastEventId: 4 };

  test('is read as it is', () => {
    const snapshot = { data: [message], lastEventId: 4, activeMessageId: 'm', hasMore: true };
    expect(parseSnapshot(snapshot)).toEqual(snapshot);
    const whole = {
      ...message,
      clientMessageId: 'k',
      parentId: 'u',
      variantOf: 'o',
      sources: [{ id: '1', title: 'T' }],
      suggestions: ['And then?'],
      error: { code: 'internal', retryable: true },
    };
    expect(parseSnapshot({ data: [whole] })).toEqual({ data: [whole], lastEventId: 0, hasMore: false });
  });

  test.each([
    undefined,
    null,
    [],
    'text',
    {},
    { data: {} },
    { data: [null] },
    { data: [{ ...message, role: 'system' }] },
    { data: [{ ...message, status: 'lost' }] },
    { data: [{ ...message, content: 7 }] },
    { data: [message, { ...message, id: '' }] },
  ])('is none of %j', (json) => {
    expect(parseSnapshot(json)).toBeUndefined();
  });
});
