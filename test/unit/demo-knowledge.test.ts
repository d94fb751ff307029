import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { addressOf, guidePage } from '../../demo/guides.mjs';
import { createDemoResponder } from '../../demo/responder.mjs';
import { demoResponder } from '../../server/src/responders/demo.js';
import { knowledgeResponder } from '../../server/src/responders/knowledge.js';
import { DEMO, pages } from '../helpers/demo-pages.js';
import { keptLog, NO_PACING } from '../helpers/knowledge.js';

const folder = fileURLToPath(DEMO).replace(/\/$/, '');
const log = keptLog();
const respond = createDemoResponder(
  {
    knowledgeResponder: (options) => knowledgeResponder({ ...options, pacing: NO_PACING, watch: false }),
    demoResponder,
  },
  { folder, logger: log.logger },
);
afterAll(() => respond.close());

/** The first piece of text, the sources and the suggestions. */
async function ask(question: string) {
  const message = {
    id: 'm',
    role: 'user',
    content: question,
    status: 'complete',
    createdAt: '',
    lastEventId: 1,
  } as const;
  const abort = new AbortController();
  let text = '';
  let sources: readonly { readonly url?: string }[] = [];
  let suggestions: readonly string[] = [];
  for await (const piece of respond({ sessionId: 's', message, messages: [message], signal: abort.signal })) {
    if (typeof piece === 'string') text += piece;
    else if (piece.type === 'sources') sources = piece.sources;
    else if (piece.type === 'suggestions') suggestions = piece.suggestions;
    // Prepared texts have their pace; their beginning is enough.
    if (text !== '' && sources.length === 0) break;
  }
  abort.abort();
  return { text, sources, suggestions };
}

describe('the demo', () => {
  test('reads every page and guide there is', async () => {
    await respond.ready();
    expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test.each([
    ['How do I send something back?', '/returns.html', /30 days/],
    ['What does shipping cost?', '/shipping.html', /£3\.95/],
    ['How long does shipping take?', '/delivery.html#how-long-shipping-takes', /2–3 working days/],
    ['How do I wash a wetsuit?', '/care-and-storage.html#washing-a-wetsuit', /shampoo/],
    ['What sizes do you have?', '/#sizes', /165–173 cm/],
    ['Where is my order?', '/shipping.html', /order number/],
    ['When do you open on Saturday?', '/contact.html', /9:00–17:00/],
    ['do you sell earplugs', '/accessories.html#earplugs-and-nose-clips', /£6/],
  ])('answers about the shop from its pages: %s', async (question, url, quote) => {
    const { text, sources } = await ask(question);
    expect(sources[0]?.url).toBe(url);
    expect(text).toMatch(quote);
  });

  test.each([
    ['hello', /^Hello! I am the demo/],
    ['How does streaming work?', /^## How streaming works/],
    ['What happens when my connection is cut?', /^## When your connection is cut/],
    ['How do I put the widget on my page?', /^## Embedding this chat/],
    ['Are you an AI?', /^I am neither/],
  ])('answers about itself from prepared texts: %s', async (question, beginning) => {
    const { text, sources } = await ask(question);
    expect(text).toMatch(beginning.source.startsWith('^##') ? /^## / : /^\w/);
    expect(beginning.source).toContain(text.trim().split(/\s+/).slice(0, 2).join(' ').replace('## ', '## '));
    expect(sources).toEqual([]);
  });

  test('says where neither knows anything what can be asked', async () => {
    expect((await ask('What is the capital of Peru?')).text).toContain('no language model is attached');
  });

  test('offers on its pages only questions it answers for sure', async () => {
    const offered = new Set(
      pages.flatMap(({ html }) =>
        [...html.matchAll(/<button slot="suggestions">([^<]*)</g)].map((hit) => hit[1] ?? ''),
      ),
    );
    for (const question of offered) {
      const { text } = await ask(question);
      expect(text, question).not.toMatch(/^I am not sure|^I did not find/);
    }
  });
});

describe('a guide of the demo', () => {
  test('is a page of the shop, with an anchor at each heading and no script of its own', async () => {
    const html = await guidePage(folder, 'delivery');
    expect(html).toContain('<title>Delivery: Tidewater</title>');
    expect(html).toContain('<h2 id="customs-and-duties">Customs and duties</h2>');
    expect(html?.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('title: Delivery');
    expect(html).not.toContain('aria-current');
    expect(html?.match(/<h1/g)).toHaveLength(1);
  });

  test('stands where the chat links it, and nothing else is one', async () => {
    expect(addressOf('knowledge/delivery.md')).toBe('delivery.html');
    expect(await guidePage(folder, 'shipping')).toBeUndefined();
    expect(await guidePage(folder, 'nothing')).toBeUndefined();
  });

  test('links only to pages that exist', () => {
    for (const name of ['delivery', 'care-and-storage']) {
      const markdown = readFileSync(`${folder}/knowledge/${name}.md`, 'utf8');
      for (const [, target = ''] of markdown.matchAll(/\]\(\/([^)#]+)/g))
        expect(pages.map((page) => page.name)).toContain(target);
    }
  });
});
