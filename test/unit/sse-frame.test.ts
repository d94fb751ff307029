import { describe, expect, test } from 'vitest';
import type { ChatEvent } from 'chat-stream/protocol';
import type { LoggedEvent } from '../../server/src/log/session-log.js';
import { encodeFrame, HEARTBEAT_FRAME, retryFrame, type StreamMode } from '../../server/src/http/sse-frame.js';

const frame = (event: LoggedEvent, mode: StreamMode = 'v1', reset = false) =>
  encodeFrame({ id: 7, messageId: 'm', event }, { mode, heartbeatMs: 15_000, reset });

const START: ChatEvent = { type: 'start', messageId: 'm', userMessageId: 'u', createdAt: '2026-01-01T00:00:00.000Z' };

describe('a v1 frame', () => {
  test('is an id line, one data line and a blank line', () => {
    expect(frame({ type: 'token', content: 'a "b"' })).toBe('id: 7\ndata: {"type":"token","content":"a \\"b\\""}\n\n');
  });

  test('of a start tells what belongs to the connection', () => {
    expect(frame(START)).toBe(
      'id: 7\ndata: {"type":"start","messageId":"m","protocol":1,"heartbeatMs":15000,"userMessageId":"u",' +
        '"createdAt":"2026-01-01T00:00:00.000Z"}\n\n',
    );
    expect(frame(START, 'v1', true)).toContain('"reset":true}\n\n');
  });

  test('of a token tells where in the text it begins', () => {
    expect(frame({ type: 'token', content: 'a', at: 7 })).toBe(
      'id: 7\ndata: {"type":"token","content":"a","at":7}\n\n',
    );
  });

  test('says reset in a start only', () => {
    expect(frame({ type: 'token', content: 'a' }, 'v1', true)).not.toContain('reset');
  });
});

describe('a seed frame', () => {
  test.each([
    [START, 'data: {"type": "start", "messageId": "m"}\n\n'],
    [{ type: 'token', content: 'Hello "there"\n' }, 'data: {"type": "token", "content": "Hello \\"there\\"\\n"}\n\n'],
    [{ type: 'token', content: 'a', at: 7 }, 'data: {"type": "token", "content": "a"}\n\n'],
    [{ type: 'end', messageId: 'm', reason: 'complete', length: 3 }, 'data: {"type": "end", "messageId": "m"}\n\n'],
    [{ type: 'error', error: 'No.', code: 'internal' }, 'data: {"type": "error", "error": "No."}\n\n'],
  ] satisfies [ChatEvent, string][])('of $type is the original bytes', (event, bytes) => {
    expect(frame(event, 'seed')).toBe(bytes);
    expect(frame(event, 'seed', true)).toBe(bytes);
  });

  test.each([
    { type: 'status', status: 'thinking' },
    { type: 'sources', sources: [] },
    { type: 'suggestions', suggestions: [] },
    { type: 'replace', content: 'x' },
    { type: 'data', name: 'x', data: 1 },
  ] satisfies ChatEvent[])('of $type does not exist', (event) => {
    expect(frame(event, 'seed')).toBe('');
  });
});

test.each(['v1', 'seed'] as const)('no text can forge a field or a frame in %s', (mode) => {
  const evil = 'a\n\nid: 99\ndata: {"type":"end"}\r\n\r\n\rretry: 1\u2028\u2029\u0000';
  const bytes = frame({ type: 'token', content: evil }, mode);
  expect(bytes.endsWith('\n\n')).toBe(true);
  const lines = bytes.slice(0, -2).split(/\r\n|\r|\n/);
  expect(lines.length).toBe(mode === 'v1' ? 2 : 1);
  expect(JSON.parse(lines.at(-1)?.slice('data: '.length) ?? '')).toEqual({ type: 'token', content: evil });
});

test.each(['v1', 'seed'] as const)('is encoded once in %s for all who read a reply', (mode) => {
  let read = 0;
  const token = Object.defineProperty({ type: 'token', content: '' } as const, 'content', {
    enumerable: true,
    get: () => `word ${++read}`,
  });
  const entry = { id: 7, messageId: 'm', event: token };
  const frames = [1_000, 2_000].map((heartbeatMs) => encodeFrame(entry, { mode, heartbeatMs }));
  expect(frames[0]).toContain('word 1');
  expect(frames[1]).toBe(frames[0]);
  // In another mode it is another text.
  expect(encodeFrame(entry, { mode: mode === 'v1' ? 'seed' : 'v1', heartbeatMs: 1_000 })).toContain('word 2');
});

test("the user's message is no part of a reply's stream", () => {
  const message = { id: 'u', role: 'user', content: 'x', status: 'complete', createdAt: '', lastEventId: 1 } as const;
  expect(frame({ type: 'message', message })).toBe('');
});

test('a heartbeat and the retry are blocks of their own', () => {
  expect(HEARTBEAT_FRAME).toBe(': hb\n\n');
  expect(retryFrame(1_000)).toBe('retry: 1000\n\n');
});
