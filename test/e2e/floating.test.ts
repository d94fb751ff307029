import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, type BrowserContextOptions, firefox, type Page } from 'playwright-core';
import { type ChatServer, createChatServer, createLogger, widgetFiles } from 'chat-stream-server';
import { findFirefox } from '../../scripts/browsers.mjs';
import { ask, collectFaults, launchChromium, settled } from '../helpers/browser.js';
import { changedPixels } from '../helpers/pictures.js';

/** As strict as the element's promise. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types chat-stream',
].join('; ');

/** What pages do to their own, and so to whatever lies among it. */
const HOSTILE = `
  html { font-size: 62.5%; color-scheme: dark; }
  * { box-sizing: content-box; }
  main { padding: 30px; transform: translate(9px, 7px) scale(0.9); overflow: hidden; block-size: 90px; }
  main > div { transform: rotate(2deg); overflow: hidden; opacity: 0.9; inline-size: 200px; block-size: 30px; }
  button { all: unset; }
  dialog { color: red; background: blue; border: 9px solid red; inset: 0; padding: 3em; max-width: 90px; }
  dialog::backdrop, [popover] { background: red; border: 9px solid; margin: 1em; }
  textarea, form, section, p, div { font: italic 9px/1 serif; letter-spacing: 3px; }
`;

const REPLY = `## Streaming\n\nWords **arrive** while you read, with \`code\`, [a link](https://example.com/) and a list:\n\n- one\n- two\n`;

const browsers: { readonly [name: string]: Browser } = {};
let chat: ChatServer;
let url: string;

beforeAll(async () => {
  Object.assign(browsers, {
    Chromium: await launchChromium(),
    Firefox: await firefox.launch({ channel: 'moz-firefox', executablePath: findFirefox() ?? 'firefox' }),
  });
  chat = createChatServer({
    prefix: '/chat',
    logger: createLogger('silent'),
    async *respond({ message, signal }) {
      yield REPLY;
      if (message.content.includes('on and on')) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      }
    },
    extend: (app) => {
      app.use(widgetFiles());
      app.get('/plain.css', (_request, response) => void response.type('css').send('body { margin: 0; }'));
      app.get('/hostile.css', (_request, response) => void response.type('css').send(`body { margin: 0; }${HOSTILE}`));
      app.get('/long.css', (_request, response) => {
        response.type('css').send(`body { margin: 0; } main { block-size: 3000px; }
          chat-stream[mode='floating']:not(:defined) { position: fixed; inset-block-end: 24px; inset-inline-end: 24px; }`);
      });
      app.get('/page', ({ query }, response) => {
        const { css = 'plain', place = 'main', ...attributes } = query as Readonly<Record<string, string>>;
        const words = Object.entries({ mode: 'floating', ...attributes }).map(([name, value]) => ` ${name}="${value}"`);
        const element = `<chat-stream src="/chat"${words.join('')}><a href="/contact">Write to us</a></chat-stream>`;
        response.set('Content-Security-Policy', place === 'sandbox' ? 'sandbox allow-scripts' : POLICY);
        response.send(`<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <link rel="stylesheet" href="/${css}.css">
          <main><div>${place === 'main' || place === 'sandbox' ? element : ''}</div><h1>The page</h1><a href="#before">Before</a></main>
          ${place === 'end' ? element : '<a href="#after">After</a>'}
          <script ${place === 'sandbox' ? '' : 'type="module"'} src="/chat-stream.js"></script>`);
      });
    },
  });
  url = await chat.listen();
});
afterAll(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await chat.close(0);
});

interface Opened {
  readonly page: Page;
  readonly faults: readonly string[];
}

async function openPage(
  name: string,
  query: Readonly<Record<string, string>> = {},
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const browser = browsers[name];
  if (!browser) throw new Error(`${name} did not start.`);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = collectFaults(page);
  await page.goto(`${url}/page?${new URLSearchParams(query).toString()}`);
  await page.waitForFunction(() => document.querySelector('chat-stream')?.shadowRoot?.querySelector('.panel'));
  return { page, faults };
}

const close = async ({ page, faults }: Opened): Promise<void> => {
  // Firefox asks for the page's icon, which this policy forbids.
  expect(faults.filter((fault) => !fault.includes('/favicon.ico'))).toEqual([]);
  await page.context().close();
};

/** What has the focus: its accessible name, or its text. */
const focus = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return inner?.ariaLabel ?? (inner?.matches('textarea') === true ? 'field' : (inner?.textContent?.trim() ?? ''));
  });

/** Presses Tab until the focus is there; what it came by. */
async function tabTo(page: Page, goal: string, key = 'Tab'): Promise<string[]> {
  const passed: string[] = [];
  while (passed.length < 20) {
    await page.keyboard.press(key);
    const name = await focus(page);
    if (name === goal) return passed;
    passed.push(name);
  }
  throw new Error(`"${goal}" was not reached by ${key}, only ${passed.join(', ')}.`);
}

const openButton = (page: Page) => page.getByRole('button', { name: 'Open chat', expanded: false });
const closeLauncher = (page: Page) => page.getByRole('button', { name: 'Close chat', expanded: true });
const isOpen = (page: Page) => page.evaluate(() => document.querySelector('chat-stream')?.open);

describe.each(['Chromium', 'Firefox'])('the floating panel by the keyboard alone, %s', (name) => {
  test('opens, answers, is stopped and closed; Tab walks through it and out into the page', async () => {
    const opened = await openPage(name, { heading: 'Ask us' });
    const { page } = opened;
    expect(await page.getByRole('dialog').count()).toBe(0);
    await tabTo(page, 'Open chat');
    await page.keyboard.press('Enter');
    await expect.poll(() => focus(page)).toBe('field');
    await page.getByRole('dialog', { name: 'Ask us' }).waitFor();
    await closeLauncher(page).waitFor();

    await page.keyboard.type('Go on and on');
    await page.keyboard.press('Enter');
    await page.locator('chat-stream .prose ul').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('You stopped this reply.').waitFor();
    expect(await isOpen(page)).toBe(true);

    // From the field: out of the panel over the launcher, into the page behind the element.
    expect(await tabTo(page, 'Before')).toEqual(['Send message', 'Close chat']);
    expect(await tabTo(page, 'field', 'Shift+Tab')).toEqual(['Close chat', 'Send message']);
    const back = await tabTo(page, 'Close chat', 'Shift+Tab');
    expect(back).toEqual(['Try again', 'Poor reply', 'Good reply', 'Copy', 'a link', 'Conversation']);
    await page.keyboard.press('Enter');
    await expect.poll(() => focus(page)).toBe('Open chat');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await openButton(page).waitFor();

    await page.keyboard.press('Space');
    await expect.poll(() => focus(page)).toBe('field');
    await page.keyboard.press('Escape');
    await expect.poll(() => focus(page)).toBe('Open chat');
    await close(opened);
  });

  test('covers a small window, where Tab stays in it and Escape leads out', async () => {
    const opened = await openPage(name, { heading: 'Ask us' }, { viewport: { width: 320, height: 256 } });
    const { page } = opened;
    await tabTo(page, 'Open chat');
    await page.keyboard.press('Enter');
    await expect.poll(() => focus(page)).toBe('field');
    expect(await tabTo(page, 'Close chat', 'Shift+Tab')).toEqual(['Conversation']);
    const passed = new Set<string>();
    for (let step = 0; step < 8; step++) {
      await page.keyboard.press('Tab');
      passed.add(await focus(page));
    }
    // Firefox goes on to its own controls.
    expect([...passed]).toEqual(expect.arrayContaining(['Conversation', 'field', 'Send message']));
    for (const outside of ['Before', 'After', 'Open chat']) expect([...passed]).not.toContain(outside);
    await page.getByRole('button', { name: 'Close chat' }).focus();
    for (const key of ['PageDown', 'End', 'ArrowDown']) await page.keyboard.press(key);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.keyboard.press('Escape');
    await expect.poll(() => focus(page)).toBe('Open chat');
    await close(opened);
  });
});

describe('what an assistive device is given', () => {
  /** Roles, names and states of what is exposed, below the page. */
  async function exposed(page: Page): Promise<string[]> {
    const debug = await page.context().newCDPSession(page);
    const { nodes } = await debug.send('Accessibility.getFullAXTree');
    const children = new Map(nodes.map((node) => [node.nodeId, node]));
    const inOrder = (node: (typeof nodes)[number] | undefined): typeof nodes =>
      node ? [node, ...(node.childIds ?? []).flatMap((id) => inOrder(children.get(id)))] : [];
    const told = new Set(['button', 'dialog', 'textbox', 'region', 'heading', 'log', 'alert']);
    return inOrder(nodes[0])
      .filter(({ ignored, role }) => !ignored && told.has(String(role?.value)))
      .map(({ role, name, properties = [] }) => {
        const states = properties
          .filter(
            (property) => ['expanded', 'hasPopup', 'modal'].includes(property.name) && property.value.value !== '',
          )
          .map((property) => `${property.name}=${String(property.value.value)}`);
        return [role?.value, `"${String(name?.value)}"`, ...states].join(' ');
      });
  }

  test.each([
    ['beside the page', { width: 1280, height: 800 }, false],
    ['over the page', { width: 390, height: 844 }, true],
  ])('is a button, and a dialog %s', async (_name, viewport, isModal) => {
    const opened = await openPage('Chromium', { heading: 'Ask us', history: 'none' }, { viewport });
    const { page } = opened;
    const launcher = (expanded: boolean) =>
      `button "${expanded ? 'Close' : 'Open'} chat" hasPopup=dialog expanded=${expanded}`;
    const closed = ['region "Ask us"', 'log ""', 'alert ""', launcher(false), 'heading "The page"'];
    expect(await exposed(page)).toEqual(closed);
    await openButton(page).click();
    const panel = [
      `dialog "Ask us" modal=${isModal}`,
      // Of a dialog that is modal, these alone are heard.
      'log ""',
      'alert ""',
      'heading "Ask us"',
      'button "Close chat"',
      'region "Conversation"',
      'heading "How can I help?"',
      'textbox "Message"',
      'button "Send message"',
    ];
    const all = ['region "Ask us"', 'log ""', 'alert ""', ...panel, launcher(true), 'heading "The page"'];
    await expect.poll(() => exposed(page)).toEqual(isModal ? panel : all);
    await page.getByRole('button', { name: 'Close chat' }).first().click();
    await expect.poll(() => exposed(page)).toEqual(closed);
    await close(opened);
  });
});

describe('the floating panel by touch', () => {
  const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

  test('covers the window without a keyboard, is written in, and gives the page back', async () => {
    const opened = await openPage('Chromium', { css: 'long', heading: 'Ask us' }, PHONE);
    const { page } = opened;
    await page.evaluate(() => scrollTo(0, 900));
    const before = await page.evaluate(() => document.documentElement.outerHTML.replace(/<chat-stream[^]*$/, ''));
    await openButton(page).tap();
    const panel = page.getByRole('dialog', { name: 'Ask us' });
    await panel.waitFor();
    await expect.poll(() => focus(page)).toBe('Ask us');
    await expect.poll(() => panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    for (const control of await page.getByRole('button').all()) {
      const box = await control.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }

    // Fingers and wheels that find nothing to scroll in it do not scroll the page.
    await page.mouse.move(195, 30);
    await page.mouse.wheel(0, 400);
    await page.mouse.move(195, 400);
    await page.mouse.wheel(0, 400);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.evaluate(() => scrollY)).toBe(900);

    await page.getByRole('textbox').tap();
    await page.keyboard.type('Hello');
    await page.getByRole('button', { name: 'Send message' }).tap();
    await settled(page);
    await page.getByRole('button', { name: 'Close chat' }).tap();
    await openButton(page).waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(900);
    expect(await page.evaluate(() => document.documentElement.outerHTML.replace(/<chat-stream[^]*$/, ''))).toBe(before);
    await close(opened);
  });

  test('is as large as what the on-screen keyboard leaves, while its field has the focus', async () => {
    const opened = await openPage('Chromium', {}, PHONE);
    const { page } = opened;
    await page.evaluate(() => {
      // Chromium's own keyboard cannot be brought up from here.
      const { visualViewport } = globalThis;
      Object.defineProperties(visualViewport, { height: { value: 500 }, offsetTop: { value: 60 } });
    });
    await openButton(page).tap();
    const panel = page.getByRole('dialog');
    await expect.poll(() => panel.boundingBox()).toMatchObject({ y: 0, height: 844 });
    await page.getByRole('textbox').tap();
    await expect.poll(() => panel.boundingBox()).toMatchObject({ y: 60, height: 500 });
    await page.getByRole('button', { name: 'Close chat' }).focus();
    await expect.poll(() => panel.boundingBox()).toMatchObject({ y: 0, height: 844 });
    await close(opened);
  });

  test('stays open over a reload, but not on the page that a link leads to', async () => {
    const opened = await openPage('Chromium', {}, PHONE);
    const { page } = opened;
    await openButton(page).tap();
    await page.getByRole('dialog').waitFor();
    await page.reload();
    await page.getByRole('dialog').waitFor();
    await page.goto(`${url}/page?place=end`);
    await openButton(page).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await close(opened);
  });
});

test('crossing the bound of a small window keeps the place, the draft and the focus', async () => {
  const opened = await openPage('Chromium', { open: '' });
  const { page } = opened;
  await ask(page, 'Go on and on');
  await page.locator('chat-stream .prose ul').waitFor();
  await page.getByRole('textbox').fill('A draft');
  for (const [width, height, isModal] of [
    [400, 800, true],
    [1280, 800, false],
    [800, 400, true],
    [1280, 800, false],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForFunction(
      (expected) => (document.querySelector('chat-stream')?.shadowRoot?.querySelector(':modal') !== null) === expected,
      isModal,
    );
    const box = await page.getByRole('dialog').boundingBox();
    expect(box?.width).toBe(isModal ? width : 400);
    expect(await focus(page)).toBe('field');
    expect(await page.getByRole('textbox').inputValue()).toBe('A draft');
  }
  await page.evaluate(() => document.querySelector('chat-stream')?.stop());
  await close(opened);
});

test('without motion where the visitor wants none', async () => {
  const opened = await openPage('Chromium', {}, { reducedMotion: 'reduce' });
  const { page } = opened;
  const running = () => page.evaluate(() => document.querySelector('chat-stream')?.shadowRoot?.getAnimations().length);
  await openButton(page).click();
  await page.getByRole('dialog').waitFor();
  expect(await running()).toBe(0);
  await page.keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await running()).toBe(0);
  await close(opened);
});

test('in a sandboxed frame without storage it opens, closes and forgets', async () => {
  const opened = await openPage('Chromium', { place: 'sandbox' });
  const { page } = opened;
  expect(await page.evaluate(() => origin)).toBe('null');
  await openButton(page).click();
  await page.getByRole('dialog').waitFor();
  await page.getByRole('textbox').fill('Hello');
  await page.getByRole('button', { name: 'Close chat' }).first().click();
  await openButton(page).click();
  expect(await page.getByRole('textbox').inputValue()).toBe('Hello');
  await page.reload();
  await openButton(page).waitFor();
  await close(opened);
});

describe('the page while the element loads', () => {
  test.each([
    ['at the end of the page', { place: 'end' }],
    ['in the middle of it, with the rule of the README', { css: 'long' }],
    ['open', { place: 'end', open: '' }],
  ])('does not move: %s', async (_name, query) => {
    const browser = browsers.Chromium;
    const page = await browser!.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(() => {
      const shifts: unknown[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/chat-stream.js', async (route) => {
      await held;
      await route.continue();
    });
    const loaded = page.goto(`${url}/page?${new URLSearchParams(query).toString()}`, { waitUntil: 'load' });
    await page.getByText('Write to us').waitFor();
    await nextFrames(page);
    release();
    await loaded;
    await page.waitForFunction(() => document.querySelector('chat-stream')?.shadowRoot?.querySelector('.launcher'));
    await nextFrames(page);
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([]);
    await page.close();
  });
});

/** The page has been drawn, and what it has measured is told. */
const nextFrames = (page: Page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve));
  });

describe('on a hostile page', () => {
  /** Panel and launcher as they are drawn. */
  async function picture(css: string, colorScheme: 'light' | 'dark', viewport: { width: number; height: number }) {
    const options = { colorScheme, viewport, reducedMotion: 'reduce' } as const;
    const opened = await openPage('Chromium', { css, heading: 'Ask us', history: 'none' }, options);
    const { page } = opened;
    await page.locator('chat-stream').evaluate((element) => {
      const texts = ['What is streaming?', 'What does it cost, and who has to pay for all of it in the end?'];
      element.append(
        ...texts.map((textContent) =>
          Object.assign(document.createElement('button'), { slot: 'suggestions', textContent }),
        ),
      );
    });
    await openButton(page).click();
    // The page behind the shadows is not the same.
    await page.evaluate(() => document.body.animate({ background: ['#888', '#888'] }, { fill: 'forwards' }));
    const panel = () => page.locator('chat-stream .panel').screenshot({ animations: 'disabled', caret: 'hide' });
    await page.getByRole('button', { name: 'What is streaming?' }).waitFor();
    const empty = await panel();
    await ask(page, 'A question');
    await settled(page);
    await page.locator('chat-stream .prose ul').waitFor();
    const conversation = await panel();
    const place = await page.locator('chat-stream .launcher').boundingBox();
    await close(opened);
    return { empty, conversation, place };
  }

  test.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 1280, height: 800 }],
    ['light', { width: 390, height: 844 }],
  ] as const)('the panel is the same to the pixel: %s, %o', async (colorScheme, viewport) => {
    const plain = await picture('plain', colorScheme, viewport);
    const hostile = await picture('hostile', colorScheme, viewport);
    expect(hostile.place).toEqual(plain.place);
    const blank = await browsers.Chromium!.newPage();
    expect(await changedPixels(blank, plain.empty, hostile.empty)).toBe(0);
    expect(await changedPixels(blank, plain.conversation, hostile.conversation)).toBe(0);
    await blank.close();
  });
});
