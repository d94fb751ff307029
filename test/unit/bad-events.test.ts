/** Faults of `faults.json` in single events: data that is no event, events of a later protocol, letters that are none. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { startLineServer, STREAM } from '../helpers/line-server.js';

const { protocol: HOSTILE } = JSON.parse(
  readFileSync(new URL('../corpora/xss-cases.json', import.meta.url), 'utf8'),
) as { readonly protocol: { readonly inputs: readonly string[] } };

const SEND = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } } as const;

/** A reply over the real transport; its server and its network are `fetch`. */
function replyFrom(src: string, fetch?: typeof globalThis.fetch) {
  const clock = new FakeClock();
  const transport = new HttpTransport({ src, clock, ...(fetch && { fetch }) });
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const reply = new ReplyStream({ transport, sessionId: 'session-0123456789', request: SEND, clock, onWarning });
  return { reply, warnings, over: reply.run() };
}

/** The reply that a body of these blocks makes; each has an id of its own. */
async function replyTo(blocks: readonly string[], headers: object = STREAM) {
  const server = await startLineServer();
  const client = replyFrom(server.url);
  const line = await server.next();
  line.head(200, { ...headers });
  for (const [index, data] of blocks.entries()) line.write(`id: ${index + 1}\ndata: ${data}\n\n`);
  line.end();
  await client.over;
  return { ...client, server };
}

const event = (fields: object) => JSON.stringify(fields);
const START = event({ type: 'start', messageId: 'm1', protocol: 1 });
const ONE = event({ type: 'token', content: 'one ', at: 0 });
const TWO = event({ type: 'token', content: 'two', at: 4 });
const END = event({ type: 'end', messageId: 'm1', length: 7 });
const WHOLE = { phase: 'done', text: 'one two', error: undefined };

/** What of the hostile inputs is an event all the same: words that are shown as words, and an error without its words. */
const isEvent = (data: string) => data.includes('a\\u0000b') || data.startsWith('{"type":"error"');
/** Valid, but of a type that this version does not know. */
const isUnknown = (data: string) => data.includes('"type":"__proto__"') || data.includes('"toString"}');

describe('bad-json', () => {
  const bad = HOSTILE.inputs.filter((data) => !isEvent(data) && !isUnknown(data));

  test.each(bad)('%s is told, counted and skipped; the reply goes on', async (data) => {
    const { reply, warnings } = await replyTo([START, ONE, data, TWO, END]);
    expect(reply).toMatchObject(WHOLE);
    expect(warnings).toEqual([expect.stringMatching(/^An event was skipped: .+\.$/)]);
    expect(reply.metrics()).toMatchObject({ eventsSkipped: 1, integrityRepairs: 0 });
    expect(JSON.stringify([warnings, reply.text])).not.toMatch(/<img|__xss|\[object Object\]/);
  });

  test('all of them in one stream, before, between and after the words, change nothing', async () => {
    const { reply, warnings } = await replyTo([...bad, START, ...bad, ONE, ...bad, TWO, ...bad, END]);
    expect(reply).toMatchObject(WHOLE);
    expect(warnings.length).toBe(4 * bad.length);
    expect(reply.metrics().eventsSkipped).toBe(4 * bad.length);
  });

  test('that were words are missed at the next token, and fetched again instead of rendered over', async () => {
    const server = await startLineServer();
    const { reply, over } = replyFrom(server.url);
    const line = await server.next();
    line.head();
    for (const data of [START, '{"type":"token","content":"one ","at":0', TWO, END]) {
      line.write(`id: ${data === START ? 1 : 2}\ndata: ${data}\n\n`);
    }
    await line.closed;
    expect(reply.text).toBe('');
    reply.reconnect();
    const again = await server.next();
    expect(again.path).toContain('/messages/m1/stream?after=1');
    again.head();
    again.write(`id: 2\ndata: ${ONE}\n\nid: 3\ndata: ${TWO}\n\nid: 4\ndata: ${END}\n\n`);
    await over;
    expect(reply).toMatchObject(WHOLE);
    expect(reply.metrics()).toMatchObject({ eventsSkipped: 1, gapsSeen: 1, reconnects: 1 });
  });

  test('an error whose words are none has ours, and shows none of its own', async () => {
    const [data = ''] = HOSTILE.inputs.filter((input) => input.startsWith('{"type":"error"'));
    const { reply } = await replyTo([START, ONE, data]);
    expect(reply).toMatchObject({ phase: 'failed', text: 'one ', error: { code: 'internal' } });
    expect(reply.error?.message).toBe('The server ended the reply with an error: The reply failed.');
  });
});

describe('unknown-event', () => {
  const FUTURE = [
    ...HOSTILE.inputs.filter(isUnknown),
    event({ type: 'hologram', content: 'x', messageId: 'm1' }),
    event({ type: 'Token', content: 'x' }),
    event({ type: '' }),
  ];

  test.each(FUTURE)('%s is passed over, without a word', async (data) => {
    const { reply, warnings } = await replyTo([START, ONE, data, TWO, END]);
    expect(reply).toMatchObject(WHOLE);
    expect([warnings, reply.metrics().eventsSkipped]).toEqual([[], 0]);
  });

  test('fields nobody knows change no event', async () => {
    const more = { later: { deep: [1] }, version: 9, __proto__: null };
    const blocks = [START, ONE, TWO, END].map((data) => event({ ...(JSON.parse(data) as object), ...more }));
    const { reply, warnings } = await replyTo(blocks);
    expect([reply.phase, reply.text, warnings]).toEqual(['done', 'one two', []]);
  });

  test('names of SSE events that nobody knows, and lines that are no fields, are passed over', async () => {
    const server = await startLineServer();
    const { reply, over } = replyFrom(server.url);
    const line = await server.next();
    line.head();
    for (const [index, data] of [START, ONE, TWO, END].entries()) {
      line.write(`event: hologram\nx-later: 1\nid: ${index + 1}\n: comment\ndata: ${data}\n\n`);
    }
    await over;
    expect(reply).toMatchObject(WHOLE);
  });

  test.each([2, 17])(
    'a start of version %i fails the reply, and says which versions there are and the way out',
    async (protocol) => {
      const start = event({ type: 'start', messageId: 'm1', protocol });
      const { reply, server } = await replyTo([start, ONE, TWO, END]);
      expect(reply).toMatchObject({ phase: 'failed', text: '', messageId: undefined });
      expect(reply.error).toMatchObject({ code: 'unsupported_protocol', retryable: false });
      expect(reply.error?.message).toBe(
        `The server speaks version ${protocol} of the protocol, this client version 1. Update chat-stream on the page, or have the server answer in version 1, as the Accept header asks.`,
      );
      expect(server.count).toBe(1);
    },
  );

  test('a resumption is not begun where the server was replaced by a later one', async () => {
    const server = await startLineServer();
    const { reply, over } = replyFrom(server.url);
    const line = await server.next();
    line.head();
    line.write(`id: 1\ndata: ${START}\n\nid: 2\ndata: ${ONE}\n\n`);
    line.end();
    await line.closed;
    await eventually(() => reply.phase === 'reconnecting');
    reply.reconnect();
    const later = await server.next();
    later.head(200, { ...STREAM, 'Chat-Stream-Version': '2' });
    later.write(`id: 3\ndata: ${TWO}\n\n`);
    await over;
    expect(reply).toMatchObject({ phase: 'failed', text: 'one ', error: { code: 'unsupported_protocol' } });
  });

  test.each(['1', '1.4', '', 'x'])('version "%s" in the header is one this client can read', async (version) => {
    const { reply } = await replyTo([START, ONE, TWO, END], { ...STREAM, 'Chat-Stream-Version': version });
    expect(reply).toMatchObject(WHOLE);
  });
});

describe('bad-utf8: in the words of a reply', () => {
  /** Bytes around which the JSON is whole; what they are as letters, `TextDecoder` says for the whole of them. */
  test.each([
    ['a byte that never occurs', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['half a letter', [0xe2, 0x82]],
    ['an emoji', [0xf0, 0x9f, 0x91, 0x8d]],
    ['an emoji without its end', [0xf0, 0x9f, 0x91]],
  ])('%s comes out the same, however the bytes are cut', async (_name, inner) => {
    const encode = (text: string) => [...new TextEncoder().encode(text)];
    const bytes = Uint8Array.from([
      ...encode(`id: 1\ndata: ${START}\n\nid: 2\ndata: {"type":"token","content":"a`),
      ...inner,
      ...encode(`b"}\n\nid: 3\ndata: {"type":"end"}\n\n`),
    ]);
    const expected = `a${new TextDecoder().decode(Uint8Array.from(inner))}b`;
    for (let cut = 0; cut <= bytes.length; cut++) {
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start(controller) {
          for (const part of [bytes.slice(0, cut), bytes.slice(cut)]) controller.enqueue(part);
          controller.close();
        },
      });
      const { reply, over } = replyFrom('http://x', () => Promise.resolve(new Response(body, { headers: STREAM })));
      await over;
      expect([reply.phase, reply.text], `cut at ${cut}`).toEqual(['done', expected]);
    }
  });
});
