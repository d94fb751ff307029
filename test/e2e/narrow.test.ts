import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { RICH_REPLY } from '../helpers/rich-reply.js';

/** Wider than any of the windows, in a table and in code. */
const WIDE_REPLY = `${RICH_REPLY}

| Verfahren | Donaudampfschifffahrt | An_identifier_that_goes_on | Cost |
| --- | --- | --- | --: |
| one | Rindfleischetikettierung | chat.example.com/messages | 1 |
| two | ${'Rindfleischetikettierungs'.repeat(2)}gesetz | ${'a_name_that_goes_on_and_on_'.repeat(3)} | 2 |`;

let browser: Browser;
let site: ChatSite;
beforeAll(async () => {
  browser = await launchChromium();
  site = await startChatSite();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test.each([
  ['inline', 390, 844],
  ['inline', 320, 480],
  ['floating', 390, 844],
  ['floating', 320, 480],
  ['page', 390, 844],
  ['page', 320, 256],
] as const)(
  'no cell or line of code is cut off or broken inside of a word: %s, %i × %i',
  async (mode, width, height) => {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(site.page({ mode, open: '', history: 'none' }));
    const turn = site.responder.calls.length;
    await ask(page, 'What do they cost?');
    const call = await site.responder.call(turn);
    call.push(WIDE_REPLY);
    call.end();
    await settled(page);
    await page.locator('chat-stream td').last().waitFor();

    const seen = await page.locator('chat-stream').evaluate((chat) => {
      const all = (selector: string) => [...(chat.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
      /** Words whose letters do not all stand on one line. */
      const brokenWords = (block: HTMLElement): string[] => {
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        const broken: string[] = [];
        while (walker.nextNode()) {
          const { currentNode } = walker;
          for (const { 0: word, index } of (currentNode.textContent ?? '').matchAll(/\S+/g)) {
            const range = new Range();
            range.setStart(currentNode, index);
            range.setEnd(currentNode, index + word.length);
            const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
            // After a hyphen or a slash any browser may begin a line.
            if (lines.size > 1 && !/[-/]/.test(word)) broken.push(word);
          }
        }
        return broken;
      };
      /** Can be read, if need be by scrolling the box around it. */
      const isCut = (inner: HTMLElement): boolean => {
        const box = inner.closest<HTMLElement>('.table, pre');
        const { left, right } = inner.getBoundingClientRect();
        if (!box || inner.scrollWidth > inner.clientWidth + 1) return true;
        const start = box.getBoundingClientRect().left + box.clientLeft - box.scrollLeft;
        return left < start - 1 || right > start + box.scrollWidth + 1 || getComputedStyle(box).overflowX !== 'auto';
      };
      const cells = all('th, td');
      return {
        cells: cells.length,
        broken: [...cells, ...all('pre code')].flatMap(brokenWords),
        cut: cells.filter(isCut).map(({ textContent }) => textContent),
        scrolls: all('.table, pre').map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
        widths: [...all('[part="panel"]'), ...all('.scroll'), ...all('[part="prose"]'), document.documentElement].map(
          ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
        ),
        isInside: all('.table, pre, .bubble, [part="prose"] > *').every((block) => {
          const { left, right } = block.getBoundingClientRect();
          return left >= 0 && right <= innerWidth;
        }),
      };
    });
    expect(seen).toEqual({
      cells: 27,
      broken: [],
      cut: [],
      scrolls: [true, true, true],
      widths: [0, 0, 0, 0],
      isInside: true,
    });
    await page.close();
  },
);

test.each([
  [16, false],
  [32, true],
])(
  'in a window of 640 × 450, with letters of %i pixels, the floating panel covers it: %s',
  async (standard, covers) => {
    const page = await browser.newPage({ viewport: { width: 640, height: 450 } });
    const protocol = await page.context().newCDPSession(page);
    await protocol.send('Page.setFontSizes', { fontSizes: { standard } });
    await page.goto(site.page({ mode: 'floating', open: '', history: 'none' }));
    const dialog = page.locator('chat-stream dialog');
    await dialog.waitFor();
    expect(await dialog.evaluate((panel) => panel.matches(':modal'))).toBe(covers);
    // It comes with a motion.
    const box = async () => JSON.stringify(await dialog.boundingBox());
    if (covers) await expect.poll(box).toBe(JSON.stringify({ x: 0, y: 0, width: 640, height: 450 }));
    await page.close();
  },
);

test.each([
  [320, 256, 150],
  [320, 480, 200],
  [568, 320, 150],
  [844, 390, 200],
  [1280, 600, 200],
])(
  'in a window of %i × %i what may be asked next leaves %i pixels to the conversation, and room for the field',
  async (width, height, least) => {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(site.page({ mode: 'floating', open: '', history: 'none' }));
    const turn = site.responder.calls.length;
    await ask(page, 'What do they cost?');
    const call = await site.responder.call(turn);
    const suggestions = [
      'How long does delivery take?',
      'Can I send it back, and what does that cost?',
      'Why?',
      'And then?',
    ];
    call.push(RICH_REPLY, { type: 'suggestions', suggestions });
    call.end();
    await settled(page);
    const place = async (part: string) => {
      const box = await page.locator(`chat-stream [part="${part}"]`).boundingBox();
      return { top: box?.y ?? Number.NaN, bottom: (box?.y ?? Number.NaN) + (box?.height ?? Number.NaN) };
    };
    await expect.poll(async () => (await place('composer')).bottom).toBeLessThanOrEqual(height);
    const conversation = await place('transcript');
    expect(conversation.bottom - conversation.top).toBeGreaterThanOrEqual(least);
    const last = page.getByRole('button', { name: 'And then?' });
    if (height > 420) {
      await last.focus();
      const box = await last.boundingBox();
      expect((box?.x ?? Number.NaN) + (box?.width ?? Number.NaN)).toBeLessThanOrEqual(width);
    }
    await page.close();
  },
);

test.each([
  [320, 480],
  [844, 390],
])('in a window of %i × %i a message that cannot go yet says so', async (width, height) => {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(site.page({ mode: 'floating', open: '', history: 'none', 'send-key': 'enter' }));
  const turn = site.responder.calls.length;
  await ask(page, 'Hello');
  (await site.responder.call(turn)).push('Some words');
  await page.getByText('Some words').waitFor();
  await ask(page, 'And then?');
  // Beside the field; it is heard, too.
  const hint = page.locator('[part="footer"]').getByText('The reply is still coming. Press Escape to stop it.');
  await hint.waitFor();
  expect((await hint.boundingBox())?.y).toBeLessThan(height);
  // What it is answered by is always told, but where there is no room.
  expect(await page.locator('chat-stream [part="disclosure"]').isVisible()).toBe(height > 420);
  await page.close();
});
