import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type SseMessage, SseParser, SseParserError } from 'chat-stream/protocol';

interface SseCase {
  readonly name: string;
  readonly input_b64: string;
  readonly cuts?: readonly number[];
  readonly expect: { readonly events: SseMessage[]; readonly lastEventId: string; readonly retry: number | null };
}
interface SseSequence {
  readonly name: string;
  readonly connections_b64: readonly string[];
  readonly expect: { readonly events: SseMessage[]; readonly lastEventIdHeaders: readonly string[] };
}
const corpus = JSON.parse(readFileSync(new URL('../corpora/sse-cases.json', import.meta.url), 'utf8')) as {
  cases: SseCase[];
  sequences: SseSequence[];
};

/**
 * Feeds pieces of bytes through a streaming decoder, as a page does. One byte order mark is taken off here: Node 24's
 * decoder takes off two where the first is cut (24.21; browsers and Node 20 and 22 do not).
 */
function parse(pieces: Iterable<Uint8Array>, parser = new SseParser()) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const events: SseMessage[] = [];
  let isFirst = true;
  const take = (text: string) => {
    events.push(...parser.push(isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text));
    if (text !== '') isFirst = false;
  };
  for (const piece of pieces) take(decoder.decode(piece, { stream: true }));
  take(decoder.decode());
  events.push(...parser.end());
  return { events, lastEventId: parser.lastEventId, retry: parser.retryMs ?? null };
}
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const cutAt = (bytes: Uint8Array, offsets: readonly number[]) =>
  [0, ...offsets].map((from, index) => bytes.subarray(from, offsets[index] ?? bytes.length));

/** Whole, byte by byte, and cut anywhere: always the same. */
function readsHoweverCut({ input_b64, cuts, expect: expected }: SseCase): void {
  const bytes = bytesOf(input_b64);
  test('whole', () => {
    expect(parse([bytes])).toEqual(expected);
  });
  test('byte by byte', () => {
    expect(parse(cutAt(bytes, [...bytes.keys()].slice(1)))).toEqual(expected);
  });
  // The longest case has 40,000 offsets of 40 kB each.
  test('cut in two at every offset', { timeout: 60_000 }, () => {
    for (let offset = 0; offset <= bytes.length; offset++) {
      expect(parse(cutAt(bytes, [offset])), `cut at ${offset}`).toEqual(expected);
    }
  });
  test('cut where the corpus says', () => {
    expect(parse(cutAt(bytes, cuts ?? []))).toEqual(expected);
  });
}

const isOfBytes = ({ name }: SseCase) => name.startsWith('utf8-') || name.startsWith('cut-');

describe('bad-utf8: bytes that are no letters, and letters that are cut', () => {
  test('are cases of the corpus', () => {
    expect(corpus.cases.filter(isOfBytes).length).toBeGreaterThanOrEqual(34);
  });
  describe.each(corpus.cases.filter(isOfBytes))('$name', readsHoweverCut);
});

describe.each(corpus.cases.filter((one) => !isOfBytes(one)))('$name', readsHoweverCut);

describe.each(corpus.sequences)('$name', ({ connections_b64, expect: expected }) => {
  test('carries the last event id from one connection to the next', () => {
    const events: SseMessage[] = [];
    const lastEventIdHeaders: string[] = [];
    let lastEventId = '';
    for (const connection of connections_b64) {
      lastEventIdHeaders.push(lastEventId);
      const result = parse([bytesOf(connection)], new SseParser({ lastEventId }));
      events.push(...result.events);
      ({ lastEventId } = result);
    }
    expect({ events, lastEventIdHeaders }).toEqual(expected);
  });
});

describe('the bound of one event', () => {
  test.each([
    ['one endless line', 'data: ', 'x'.repeat(1000)],
    ['one endless event of short lines', '', 'data: xxxxxxxxxxxx\n'],
    ['an endless comment', ':', 'x'.repeat(1000)],
  ])('%s fails with a typed error that names the limit', (_name, first, piece) => {
    const parser = new SseParser({ maxEventLength: 10_000 });
    parser.push('data: before\n\n');
    parser.push(first);
    const feed = () => {
      for (let i = 0; i < 10_000; i++) parser.push(piece);
    };
    expect(feed).toThrow(SseParserError);
    expect(feed).toThrow(/longer than 10000 characters/);
  });

  test('an event of exactly the limit passes, one character more does not', () => {
    const fill = (length: number) => `data:${'x'.repeat(length - 5)}`;
    expect(new SseParser({ maxEventLength: 100 }).push(`${fill(100)}\n\n`)).toHaveLength(1);
    expect(() => new SseParser({ maxEventLength: 100 }).push(fill(101))).toThrow(SseParserError);
  });

  test('a failed parser stays failed, and holds nothing', () => {
    const parser = new SseParser({ maxEventLength: 10 });
    expect(() => parser.push('data: far too long')).toThrow(SseParserError);
    expect(() => parser.push('\n\n')).toThrow(SseParserError);
    expect(() => parser.end()).toThrow(SseParserError);
  });

  test('events that were complete before the oversized one are not lost', () => {
    const parser = new SseParser({ maxEventLength: 10 });
    expect(parser.push('data: a\n\ndata: far too long')).toEqual([{ event: 'message', data: 'a', id: '' }]);
    expect(() => parser.push('')).toThrow(SseParserError);
  });

  test('any number of events of any size below the limit passes', () => {
    const parser = new SseParser({ maxEventLength: 1000 });
    let events = 0;
    for (let i = 0; i < 100; i++) events += parser.push(`data: ${'y'.repeat(900)}\n\n`).length;
    expect(events).toBe(100);
  });
});
