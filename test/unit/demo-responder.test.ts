import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEMO_ANSWERS, demoResponder, type DemoResponderOptions } from '../../server/src/responders/demo.js';
import { answerTo, bestAnswer, FALLBACK_TEXT } from '../../server/src/responders/demo-answers.js';
import { SHOP_ANSWERS } from '../../server/src/responders/demo-answers-shop.js';
import type { Turn } from '../../server/src/responders/responder.js';
import { DEMO, pages, plain } from '../helpers/demo-pages.js';
import { FakeClock, settle } from '../helpers/fake-clock.js';

const pagesText = plain(pages.map(({ html }) => html).join('\n'));

/** What a visitor would type, and the answer that belongs to it. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  who: ['Are you an AI?', 'Am I talking to a bot?'],
  tracking: ['Where is my order?', 'my parcel has not arrived', 'Can I cancel my order?'],
  returns: [
    'How do I send something back?',
    'and what about returns?',
    'When do I get my money back?',
    'Can I get another size?',
    'Hello, how do I return something?',
  ],
  shipping: ['What does shipping cost?', 'How long does delivery to Ireland take?', 'And shipping?'],
  sizes: ['Which size do I need?', 'Do you have a size chart?'],
  care: ['How do I wash my wetsuit?', 'How do I look after neoprene?'],
  repairs: ['My wetsuit is torn, do you repair it?'],
  hours: ['When do you open on Saturday?', 'What time does Tidewater close?'],
  contact: ['How can I contact you?', 'Can I talk to a human?'],
  products: ['What do you sell?', 'How much are the goggles?'],
  shop: ['Is Tidewater a real company?'],
  embed: ['Show me how to embed this chat', 'How do I add chat-stream to my website?'],
  model: ['How do I connect a real model?', 'Does it work with OpenAI?'],
  server: ['What does the server need? Express?'],
  style: ['Can I change the colours?', 'Does it have a dark theme?'],
  markdown: ['Which Markdown can you render?'],
  footprint: ['How big is the bundle?'],
  cut: [
    'What happens when my connection is cut?',
    'What if I reload in the middle of an answer?',
    'How does it handle dropped connections?',
  ],
  stop: ['Can I stop an answer?'],
  streaming: ['How does streaming work?', 'Why SSE and not WebSockets?', 'What are server-sent events?'],
  protocol: ['What does the protocol look like?', 'Which events are sent?'],
  privacy: ['Do you set cookies?', 'Is it secure?'],
  accessibility: ['Does it work with a screen reader?'],
  'what-is': ['What is chat-stream?', 'WHAT IS CHAT-STREAM?!'],
  help: ['What can I ask?'],
  thanks: ['Thanks!'],
  greeting: ['Hello'],
};

describe('the choice of an answer', () => {
  const asked = Object.entries(QUESTIONS).flatMap(([id, questions]) =>
    questions.map((question) => [question, id] as const),
  );

  test.each(asked)('%s → %s', (question, id) => {
    expect(bestAnswer(question, DEMO_ANSWERS)?.id).toBe(id);
  });

  test('reaches every answer by a natural question', () => {
    expect(DEMO_ANSWERS.map(({ id }) => id).toSorted()).toEqual(Object.keys(QUESTIONS).toSorted());
  });

  test.each(['What is the capital of France?', 'Write me a poem', '', '🏄🏽‍♀️', 'ขอบคุณ', 'x'.repeat(8_000)])(
    'admits that it has none for %j',
    (question) => {
      expect(answerTo(question, DEMO_ANSWERS)).toBe(FALLBACK_TEXT);
    },
  );

  test('says in the fallback that no model is attached and what can be asked', () => {
    expect(FALLBACK_TEXT).toContain('no language model is attached');
    expect(FALLBACK_TEXT).toMatch(/returns.*shipping/);
    expect(FALLBACK_TEXT).toMatch(/embed.*protocol/);
  });

  test('heeds neither case nor accents nor punctuation', () => {
    expect(bestAnswer('¿RÉTURNS…?', DEMO_ANSWERS)?.id).toBe('returns');
  });

  test('offers on the pages only questions that it can answer', () => {
    const offered = pages.flatMap(({ html }) =>
      [...html.matchAll(/<button slot="suggestions">([^<]*)</g)].map((hit) => hit[1] ?? ''),
    );
    expect(offered.length).toBeGreaterThanOrEqual(3);
    for (const question of offered) expect(bestAnswer(question, DEMO_ANSWERS), question).toBeDefined();
  });
});

describe('the answers', () => {
  const all = [...DEMO_ANSWERS.map(({ text }) => text), FALLBACK_TEXT].join('\n\n');

  test('have an id of their own and well-formed keywords', () => {
    const ids = DEMO_ANSWERS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, keywords, hints = [] } of DEMO_ANSWERS) {
      for (const term of [...keywords, ...hints]) expect(term, id).toMatch(/^[a-z0-9]+( [a-z0-9]+)*\*?$/);
    }
  });

  test.each([
    ['a heading', /^#{1,3} /m],
    ['an ordered list', /^1\. /m],
    ['a nested list', /^ {2,}- /m],
    ['a table', /^\| --- \|/m],
    ['TypeScript', /^```ts$/m],
    ['HTML', /^```html$/m],
    ['a quotation', /^> /m],
    ['a link', /\]\(https:/],
  ])('show %s', (_what, pattern) => {
    expect(all).toMatch(pattern);
  });

  test('close each code block they open', () => {
    for (const { id, text } of DEMO_ANSWERS) expect([...text.matchAll(/^```/gm)].length % 2, id).toBe(0);
  });

  test('quote no size of the product', () => {
    expect(all).not.toMatch(/\d\s*(?:k|ki|m)?b(?:ytes?)?\b/i);
  });

  test('link only to pages that exist', () => {
    const targets = [...all.matchAll(/\]\((\/[^)#]*)/g)].map((hit) => hit[1] ?? '');
    expect(targets.length).toBeGreaterThan(2);
    for (const target of targets) expect(existsSync(new URL(`.${target}`, DEMO)), target).toBe(true);
  });
});

describe('a fact of the shop', () => {
  const facts =
    /£[\d.]+\d|\d[\d–:./]*\d? ?(?:(?:working )?(?:days?|years?)|litres|mm|cm)|\d{1,2}:\d\d(?:–\d{1,2}:\d\d)?|0\d{4} \d{6}|\d+ \w+ Lane/g;

  test.each(SHOP_ANSWERS.map(({ id, text }) => [id, text] as const))(
    'in the answer "%s" also stands on a page',
    (_id, text) => {
      for (const [fact] of text.matchAll(facts)) expect(pagesText).toContain(fact);
      for (const row of tableRows(text)) {
        for (const cell of row) expect(pagesText.toLowerCase()).toContain(cell.toLowerCase());
      }
    },
  );

  test.each(['30 days', '5 working days', '£3.95, free from £60', '14:00', '£18', '2 years', '01632 960412'])(
    '%s stands on a page and in an answer',
    (fact) => {
      expect(pagesText).toContain(fact);
      expect(SHOP_ANSWERS.some(({ text }) => text.includes(fact))).toBe(true);
    },
  );

  test('that is a product and its price stands in the answer, and no other does', () => {
    const home = pages.find(({ name }) => name === 'index.html')?.html ?? '';
    const shelf = [...home.matchAll(/<h3>(\w+)<\/h3>\s*<p class="price">([^<]+)</g)].map(
      (hit) => `${hit[1]} ${hit[2]}`,
    );
    const answer = tableRows(SHOP_ANSWERS.find(({ id }) => id === 'products')?.text ?? '').map(
      (row) => `${row[0]} ${row[2]}`,
    );
    expect(answer.toSorted()).toEqual(shelf.toSorted());
  });
});

describe('the demo responder', () => {
  const text = answerTo('What does shipping cost?', DEMO_ANSWERS);

  test('yields the whole answer, the first piece at once and the others at their pace', async () => {
    const clock = new FakeClock();
    const reply = read('What does shipping cost?', { clock });
    await settle();
    expect(reply.pieces).toEqual(['## Shipping\n\n']);
    await clock.advance(99);
    expect(reply.pieces).toHaveLength(1);
    await clock.advance(1);
    expect(reply.pieces).toHaveLength(2);
    await clock.advance(60_000);
    expect(reply.done).toBe(true);
    expect(reply.pieces.join('')).toBe(text);
    expect(clock.pending).toBe(0);
  });

  test('writes prose three words every 100 ms', async () => {
    const clock = new FakeClock();
    const reply = read('Thanks', { clock });
    await clock.advance(300);
    expect(reply.pieces).toHaveLength(4);
    expect(reply.pieces[0]).toBe('You are welcome. ');
  });

  test('takes another pace', async () => {
    const clock = new FakeClock();
    const reply = read('Thanks', { clock, pacing: { default: { words: 1, delayMs: 0 } } });
    await settle();
    expect(reply.done).toBe(true);
    expect(reply.pieces[0]).toBe('You ');
    expect(reply.pieces.join('')).toBe(answerTo('Thanks', DEMO_ANSWERS));
  });

  test('stops within a piece when it is aborted, and leaves no timer', async () => {
    const clock = new FakeClock();
    const reply = read('What does shipping cost?', { clock });
    await clock.advance(250);
    const sofar = reply.pieces.length;
    reply.abort();
    await settle();
    expect(reply.done).toBe(true);
    expect(reply.pieces).toHaveLength(sofar);
    expect(clock.pending).toBe(0);
  });

  test('says nothing when it was aborted before it began', async () => {
    const reply = read('Hello', { clock: new FakeClock() }, AbortSignal.abort());
    await settle();
    expect(reply).toMatchObject({ done: true, pieces: [] });
  });
});

/** The cells of the Markdown tables of a text, without their heads. */
function tableRows(text: string): string[][] {
  const lines = text.split('\n');
  return lines
    .filter(
      (line, index) => line.startsWith('| ') && !line.startsWith('| ---') && !lines[index + 1]?.startsWith('| ---'),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Reads a reply as the server does. */
function read(question: string, options: DemoResponderOptions, signal?: AbortSignal) {
  const abort = new AbortController();
  const message: Turn['message'] = {
    id: 'question',
    role: 'user',
    content: question,
    status: 'complete',
    createdAt: '2026-01-01T00:00:00.000Z',
    lastEventId: 1,
  };
  const reply = { pieces: [] as string[], done: false, abort: () => abort.abort() };
  const turn: Turn = { sessionId: 'session', message, messages: [message], signal: signal ?? abort.signal };
  void (async () => {
    for await (const piece of demoResponder(options)(turn)) {
      reply.pieces.push(typeof piece === 'string' ? piece : `an event: ${piece.type}`);
    }
    reply.done = true;
  })();
  return reply;
}
