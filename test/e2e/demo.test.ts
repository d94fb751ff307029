import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ask, axeViolations, collectFaults, launchChromium, newestReply, settled } from '../helpers/browser.js';
import { type DemoProcess, startDemo } from '../helpers/demo-process.js';

let browser: Browser;
let demo: DemoProcess;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launchChromium();
  demo = await startDemo();
});
afterAll(async () => {
  await browser.close();
  await demo.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
  faults = collectFaults(page);
  await page.goto(demo.url);
});
afterEach(() => page.close());

/** Resolves once the newest reply shows at least so many characters. */
const shows = (length: number) =>
  page.waitForFunction(
    (least) => (document.querySelector('chat-stream')?.messages.at(-1)?.content.length ?? 0) >= least,
    length,
  );

describe('the demo shop', () => {
  test('answers a question, and the words are seen arriving', async () => {
    await ask(page, 'How do I send something back?');
    const lengths = new Set<number>();
    for (let seen = 0; lengths.size < 5; seen = Math.max(...lengths)) {
      await shows(seen + 1);
      lengths.add((await newestReply(page)).text.length);
    }
    await settled(page);
    const { text, status } = await newestReply(page);
    expect(status).toBe('done');
    expect(text).toContain('30 days');
    expect(text.length).toBeGreaterThan(Math.max(...lengths));
    expect(faults).toEqual([]);
  });

  test('keeps the conversation over a reload, and goes on with the running reply', async () => {
    await ask(page, 'How does streaming work?');
    await shows(60);
    await page.reload();
    await page.getByText('How does streaming work?').waitFor();
    await settled(page);
    const { text, status, count } = await newestReply(page);
    const [, stored] = await storedMessages();
    expect({ status, count }).toEqual({ status: 'done', count: 2 });
    expect(text).toBe(stored?.content);
    expect(faults).toEqual([]);
  });

  test('shows the same conversation on another page of the shop', async () => {
    await ask(page, 'When are you open?');
    await settled(page);
    const { text } = await newestReply(page);
    await page.goto(`${demo.url}/returns.html`);
    await page.getByText('When are you open?').waitFor();
    await page.waitForFunction(
      (expected) => document.querySelector('chat-stream')?.messages.at(-1)?.content === expected,
      text,
    );
    expect(faults).toEqual([]);
  });

  test('goes along, open, above the pages where it floats', async () => {
    await page.goto(`${demo.url}/care.html`);
    await page.getByRole('button', { name: 'Open chat' }).click();
    await ask(page, 'How do I wash a wetsuit?');
    await settled(page);
    await page.getByRole('link', { name: 'Shipping' }).click();
    await page.getByRole('dialog', { name: 'Tidewater help' }).getByText('How do I wash a wetsuit?').waitFor();
    await page.getByRole('button', { name: 'Close chat' }).first().click();
    await page.getByRole('button', { name: 'Open chat' }).waitFor();
    expect(faults).toEqual([]);
  });

  test('is the whole of its help page', async () => {
    await page.goto(`${demo.url}/contact.html`);
    await page.getByRole('link', { name: 'the chat' }).click();
    await page.getByRole('button', { name: 'Where is my order?' }).click();
    await settled(page);
    expect((await newestReply(page)).text).toContain('order number');
    const size = await page.locator('chat-stream').boundingBox();
    expect(size).toMatchObject({ x: 0, y: 0, height: page.viewportSize()?.height });
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await page.getByRole('heading', { name: 'Gear for cold water' }).waitFor();
    expect(faults).toEqual([]);
  });

  test('starts anew when it is asked to, with the focus in the field', async () => {
    await ask(page, 'hello');
    await settled(page);
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByText('How can we help?').waitFor();
    expect(await page.evaluate(() => document.querySelector('chat-stream')?.messages)).toEqual([]);
    expect(await page.evaluate(() => document.querySelector('chat-stream')?.shadowRoot?.activeElement?.tagName)).toBe(
      'TEXTAREA',
    );
  });

  test('answers a suggestion with one press', async () => {
    await page.getByRole('button', { name: 'What happens when my connection is cut?' }).click();
    await settled(page);
    expect((await newestReply(page)).text).toContain('Nothing is lost');
  });

  test('colours code under its policy, with what lies beside its script', async () => {
    await ask(page, 'How do I put the widget on my page?');
    await settled(page);
    await page.locator('chat-stream .code .keyword').first().waitFor();
    expect(faults).toEqual([]);
  });

  test('stops within a moment, and the server stores what is shown', async () => {
    await ask(page, 'How does streaming work?');
    await shows(60);
    // The button ignores a press that comes right after its change, meant for Send.
    await page.getByRole('button', { name: 'Stop the reply' }).click();
    await page.getByText('You stopped this reply.').waitFor();
    await page.getByRole('button', { name: 'Send message' }).waitFor();
    await expect.poll(async () => (await storedMessages())[1]?.status).toBe('stopped');
    await expect.poll(async () => (await newestReply(page)).text === (await storedMessages())[1]?.content).toBe(true);
  });

  describe('breaks no rule of accessibility', () => {
    /** Asked once: its pages differ by their sizes and colours alone. */
    let answered: Page;
    beforeAll(async () => {
      answered = await browser.newPage();
      await answered.goto(demo.url);
      await ask(answered, 'What sizes do you have?');
      await settled(answered);
    });
    afterAll(() => answered.close());

    test.each([
      ['desktop, light', 1280, 900, 'light'],
      ['desktop, dark', 1280, 900, 'dark'],
      ['phone, light', 390, 844, 'light'],
      ['phone, dark', 390, 844, 'dark'],
      ['zoomed to 400 %', 320, 256, 'light'],
    ] as const)('%s', async (_name, width, height, colorScheme) => {
      for (const each of [page, answered]) {
        await each.setViewportSize({ width, height });
        await each.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      }
      expect(await axeViolations(page)).toEqual([]);
      for (const other of ['care', 'help']) {
        await page.goto(`${demo.url}/${other}.html`);
        expect(await axeViolations(page), other).toEqual([]);
      }
      await page.goto(`${demo.url}/care.html`);
      await page.getByRole('button', { name: 'Open chat' }).click();
      expect(await axeViolations(page), 'open').toEqual([]);
      await answered.reload();
      await settled(answered);
      expect(await axeViolations(answered), 'answered').toEqual([]);
      const overflow = await answered.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    });
  });
});

describe('a server that is killed in the middle of a reply and comes back without its memory', () => {
  test('leaves the words that arrived, marked as interrupted, and a way on that stores the question once', async () => {
    await ask(page, 'How does streaming work?');
    await shows(60);
    await demo.kill();
    await page
      .getByRole('region', { name: 'Conversation' })
      .getByText('Connection lost. Reconnecting…', { exact: true })
      .waitFor();
    const before = await newestReply(page);

    demo = await startDemo(Number(new URL(demo.url).port));
    await page.getByText('The connection was lost.', { exact: true }).waitFor();
    await page.getByText('The reply stopped part of the way. What arrived is kept above.', { exact: true }).waitFor();
    const kept = await newestReply(page);
    expect(kept).toEqual({ text: before.text, status: 'interrupted', count: 2 });
    expect(await page.locator('chat-stream').locator('[part~="message-assistant"]').innerText()).toContain(
      // The first line, without the marks of its heading.
      kept.text.split('\n')[0]?.replace(/^#+ /, ''),
    );

    await page.getByRole('button', { name: 'Try again' }).click();
    await settled(page);
    const { text, status, count } = await newestReply(page);
    expect({ status, count }).toEqual({ status: 'done', count: 2 });
    const messages = await storedMessages();
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(text).toBe(messages[1]?.content);
  });
});

/** What the server has of the shown session. */
async function storedMessages(): Promise<{ role: string; content: string; status: string }[]> {
  const sessionId = await page.evaluate(() => document.querySelector('chat-stream')?.sessionId);
  const response = await fetch(`${demo.url}/chat/sessions/${sessionId}/messages`);
  const { data } = (await response.json()) as { data: { role: string; content: string; status: string }[] };
  return data;
}
