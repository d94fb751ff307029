import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, type BrowserContextOptions, firefox, type Page } from 'playwright-core';
import { findFirefox } from '../../scripts/browsers.mjs';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { closePage as close, type FloatingSite, type Opened, startFloatingSite } from '../helpers/floating-site.js';

const browsers: { readonly [name: string]: Browser } = {};
let site: FloatingSite;

beforeAll(async () => {
  Object.assign(browsers, {
    Chromium: await launchChromium(),
    Firefox: await firefox.launch({ channel: 'moz-firefox', executablePath: findFirefox() ?? 'firefox' }),
  });
  site = await startFloatingSite();
});
afterAll(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await site.close();
});

function openPage(
  name: string,
  query: Readonly<Record<string, string>> = {},
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const browser = browsers[name];
  if (!browser) throw new Error(`${name} did not start.`);
  return site.open(browser, query, options);
}

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
    await page.locator('chat-stream [part="prose"] ul').waitFor();
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
    await page.goto(site.page({ place: 'end' }));
    await openButton(page).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await close(opened);
  });
});

test('crossing the bound of a small window keeps the place, the draft and the focus', async () => {
  const opened = await openPage('Chromium', { open: '' });
  const { page } = opened;
  await ask(page, 'Go on and on');
  await page.locator('chat-stream [part="prose"] ul').waitFor();
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
    // As soon as it has moved in.
    const widthNow = async () => (await page.getByRole('dialog').boundingBox())?.width;
    await expect.poll(widthNow).toBe(isModal ? width : 400);
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
