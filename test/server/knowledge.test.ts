import { describe, expect, test } from 'vitest';
import { newSession, typesOf } from '../helpers/http.js';
import { startKnowledgeChat } from '../helpers/knowledge.js';

describe('a question that a page answers', () => {
  test('gets its sources, then the quote that cites them, then what to ask next, then the end', async () => {
    const { ask } = await startKnowledgeChat();
    const { events, text, sources, suggestions } = await ask(newSession(), 'How do I send something back?');
    expect(new Set(typesOf(events))).toEqual(new Set(['sources', 'token', 'suggestions', 'end']));
    expect(typesOf(events)[0]).toBe('sources');
    expect(typesOf(events).slice(-2)).toEqual(['suggestions', 'end']);
    expect(sources).toEqual([
      {
        id: '1',
        title: 'Returns › Sending something back',
        url: '/returns#sending-something-back',
        snippet: 'You have 30 days to send back what is unworn. Write to us first.',
      },
    ]);
    expect(text).toBe(
      'From “Returns › Sending something back” [1]:\n\n' +
        '> You have **30 days** to send back what is unworn. Write to [us](/contact) first.',
    );
    expect(suggestions).toEqual(['Refunds', 'Exchanging a size']);
    expect(events.at(-1)).toMatchObject({ reason: 'complete', length: text.length });
  });

  test('is stored with its sources, for whoever comes back', async () => {
    const { ask, chat } = await startKnowledgeChat();
    const session = newSession();
    const { text, sources } = await ask(session, 'How do I send something back?');
    const [, reply] = (await chat.snapshot(session)).data;
    expect(reply).toMatchObject({ content: text, sources, status: 'complete' });
  });

  test('offers only what it can answer, too', async () => {
    const { ask } = await startKnowledgeChat();
    const { suggestions } = await ask(newSession(), 'How do I send something back?');
    for (const suggestion of suggestions) {
      const { sources, text } = await ask(newSession(), suggestion);
      expect(sources[0]?.title, suggestion).toContain(suggestion);
      expect(text, suggestion).toMatch(/^From/);
    }
  });

  test.each([
    ['How do I wsah my wetsiut?', 'Wetsuit care › Washing a wetsuit'],
    ['exchangeing a sise', 'Returns › Exchanging a size'],
    ['delivry abroad', 'Delivery › Delivery abroad'],
    ['wet suit washing', 'Wetsuit care › Washing a wetsuit'],
  ])('is found in spite of its typos: %s', async (question, title) => {
    const { ask } = await startKnowledgeChat();
    expect((await ask(newSession(), question)).sources[0]?.title).toBe(title);
  });

  test('has the address its owner gave the page, and the site', async () => {
    const { ask } = await startKnowledgeChat({
      baseUrl: 'https://shop.example/help/',
      pageUrl: (path) => path.replace(/\.\w+$/, '.php'),
    });
    const { sources, text } = await ask(newSession(), 'send something back');
    expect(sources[0]?.url).toBe('https://shop.example/help/returns.php#sending-something-back');
    expect(text).toContain('[us](https://shop.example/contact)');
  });
});

describe('a question that no page quite answers', () => {
  test('gets links to the closest, and the contact', async () => {
    const { ask } = await startKnowledgeChat({ contact: 'help@shop.example' });
    const { text, sources, events } = await ask(newSession(), 'parcel to Norway');
    expect(text).toMatch(/^I am not sure that the pages answer this\. The closest I found:\n\n- \[/);
    expect(sources.length).toBeGreaterThan(0);
    for (const [index, { url }] of sources.entries()) expect(text).toContain(`](${url}) [${index + 1}]`);
    expect(text).toContain('[help@shop.example](mailto:help@shop.example)');
    expect(text).not.toContain('>');
    expect(typesOf(events)[0]).toBe('sources');
  });
});

describe('a question that no page answers', () => {
  test.each([['What is the capital of France?'], ['kumquat zyzzyva'], ['🏄🏽‍♀️'], ['constructor __proto__ toString']])(
    'is told so, without sources: %s',
    async (question) => {
      const { ask } = await startKnowledgeChat({ contact: 'https://shop.example/contact' });
      const { text, events } = await ask(newSession(), question);
      expect(text).toBe(
        'I did not find that in these pages.\n\nYou can also ask us: [shop.example/contact](https://shop.example/contact)',
      );
      expect(new Set(typesOf(events))).toEqual(new Set(['token', 'end']));
    },
  );

  test('names no contact where there is none', async () => {
    const { ask } = await startKnowledgeChat();
    expect((await ask(newSession(), 'kumquat')).text).toBe('I did not find that in these pages.');
  });

  test('is told so in the words of the owner', async () => {
    const texts = {
      notFound: 'Dazu steht hier nichts.',
      contact: 'Fragen Sie {contact}.',
      quote: 'Aus „{title}“ [{number}]:',
    };
    const { ask } = await startKnowledgeChat({ texts, contact: 'Frau Schmidt, Zimmer 2' });
    expect((await ask(newSession(), 'kumquat')).text).toBe(
      'Dazu steht hier nichts.\n\nFragen Sie Frau Schmidt, Zimmer 2.',
    );
    expect((await ask(newSession(), 'refunds')).text).toMatch(/^Aus „Returns › Refunds“ \[1\]:\n\n> The money/);
  });
});

describe('small talk', () => {
  test.each([
    ['Hello!', /^Hello!/],
    ['hi there', /^Hello!/],
    ['Good morning', /^Hello!/],
    ['Thanks!', /^You are welcome/],
    ['thank you so much', /^You are welcome/],
  ])('is answered in a word: %s', async (message, expected) => {
    const { ask } = await startKnowledgeChat();
    const { text, sources } = await ask(newSession(), message);
    expect(text).toMatch(expected);
    expect(sources).toEqual([]);
  });

  test('around a question is passed over', async () => {
    const { ask } = await startKnowledgeChat();
    const { sources } = await ask(newSession(), 'Hello, how do I send something back? Thanks!');
    expect(sources[0]?.title).toBe('Returns › Sending something back');
  });
});

describe('a question that leans on the one before', () => {
  test.each([
    ['How do I wash a wetsuit?', 'and for children?', 'Wetsuit care › Wetsuits for children'],
    ['How long does delivery take?', 'and abroad?', 'Delivery › Delivery abroad'],
    ['Can I send something back?', 'and the refunds?', 'Returns › Refunds'],
  ])('keeps its topic: %s – %s', async (first, second, title) => {
    const { ask } = await startKnowledgeChat();
    const session = newSession();
    await ask(session, first);
    expect((await ask(session, second)).sources[0]?.title).toBe(title);
  });

  test('does not hold back a question about something else', async () => {
    const { ask } = await startKnowledgeChat();
    const session = newSession();
    await ask(session, 'How do I wash a wetsuit?');
    expect((await ask(session, 'How long do refunds take?')).sources[0]?.title).toBe('Returns › Refunds');
  });
});

describe('the pace', () => {
  test('is that of a text that exists whole, and a stop ends it', async () => {
    const { chat, respond } = await startKnowledgeChat();
    await respond.ready();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session, 'How do I send something back?');
    expect((await stream.event())?.type).toBe('sources');
    await chat.stop(session, messageId);
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end' });
  });
});

describe('a pathological question', () => {
  const questions: readonly (readonly [string, string])[] = [
    ['one word of 8,000 letters', 'x'.repeat(8_000)],
    [
      '2,000 unknown words',
      Array.from({ length: 1_300 }, (_, at) => `zq${at.toString(36)}x`)
        .join(' ')
        .slice(0, 8_000),
    ],
    ['misspelt words alone', 'wetsiut delivry retruns exchangeing '.repeat(200)],
    ['a word again and again', 'return '.repeat(1_100)],
    ['marks', '`*_[]()<>{}|\\"\'.-+^$'.repeat(380)],
    ['stacked accents', 'e\u0301\u0302\u0303'.repeat(2_000)],
    ['Chinese', '春眠不觉晓'.repeat(1_600)],
    ['hyphens', 'a-'.repeat(4_000)],
    ['half surrogate pairs', '\ud83d '.repeat(4_000)],
  ];

  test.each(questions)('of %s is answered like any other', async (_name, question) => {
    const { respond } = await startKnowledgeChat();
    await respond.ready();
    const message = {
      id: 'm',
      role: 'user',
      content: question,
      status: 'complete',
      createdAt: '',
      lastEventId: 1,
    } as const;
    const pieces: unknown[] = [];
    const signal = new AbortController().signal;
    for await (const piece of respond({ sessionId: 's', message, messages: [message], signal })) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(0);
  });
});
