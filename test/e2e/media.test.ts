import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { builtClass } from '../helpers/built-class.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { RICH_REPLY } from '../helpers/rich-reply.js';

const SEND = builtClass('go');
const FADE = builtClass('fade');
const POLL = { interval: 20, timeout: 20_000 };

let browser: Browser;
let site: ChatSite;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  site = await startChatSite();
});
afterEach(async () => {
  await page.context().close();
  await site.close();
});

async function open(options: BrowserContextOptions, attributes: Record<string, string> = {}): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 800, height: 900 }, ...options });
  page = await context.newPage();
  await page.goto(site.page(attributes));
  await page.locator('chat-stream textarea').waitFor();
}

/** A whole conversation. */
async function talk(reply = RICH_REPLY, turn = 0): Promise<void> {
  await ask(page, 'How does streaming work?');
  const call = await site.responder.call(turn);
  call.push(reply);
  call.end();
  await settled(page);
  await page.locator('chat-stream [part="prose"]').getByText('The end.').waitFor();
}

/** Computed styles of the first element of a selector inside the chat. */
const styleOf = (selector: string, ...properties: readonly string[]): Promise<string[]> =>
  page
    .locator(`chat-stream ${selector}`)
    .first()
    .evaluate((element, names) => {
      const style = getComputedStyle(element);
      return names.map((name) => style.getPropertyValue(name));
    }, properties);

/** A colour of the browser's own, as it is computed. */
const systemColour = (name: string): Promise<string> =>
  page.evaluate((colour) => {
    const probe = document.body.appendChild(document.createElement('p'));
    probe.style.color = colour;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, name);

describe('less motion', () => {
  /** Names of all animations and transitions that run in the page, and the pseudo-elements they move. */
  const running = (): Promise<string[]> =>
    page.evaluate(() => {
      const chat = document.querySelector('chat-stream')?.shadowRoot;
      const animations = [...document.getAnimations(), ...(chat?.getAnimations() ?? [])];
      return (
        animations
          // What only waits for its time does not move.
          .filter(
            (each) =>
              each.playState === 'running' && !(each instanceof CSSAnimation && each.animationName === 'appear'),
          )
          .map((animation) => {
            const pseudo = animation.effect instanceof KeyframeEffect && animation.effect.pseudoElement;
            const name = animation instanceof CSSAnimation ? animation.animationName : 'transition';
            return pseudo ? `${name} ${pseudo}` : name;
          })
      );
    });

  test.each(['reduce', 'no-preference'] as const)(
    'moves nothing while it waits and writes: %s',
    async (reducedMotion) => {
      await open({ reducedMotion });
      const moves = async (what: string) => {
        if (reducedMotion === 'reduce') expect(await running()).toEqual([]);
        // What the test would find.
        else await expect.poll(running, POLL).toContain(what);
      };
      await ask(page, 'Hello');
      const call = await site.responder.call();
      const pending = page.locator(`chat-stream ${builtClass('pending')}`);
      await pending.waitFor();
      // It comes when it has lasted a while, which is no motion.
      expect(await pending.evaluate((element) => getComputedStyle(element).animation)).toMatch(/ 0\.3s .*appear$/);
      await moves('rise');
      call.push('Some words');
      await page.getByText('Some words').waitFor();
      await page.locator(`chat-stream ${builtClass('resting')}`).waitFor();
      await moves('pulse ::after');
      expect(await styleOf('[part="prose"] p', 'visibility')).toEqual(['visible']);
      await moves('pulse');
    },
  );
});

describe('forced colours', () => {
  test('give everything a border, buttons their own colours, and the focus three pixels', async () => {
    await open({ forcedColors: 'active', colorScheme: 'dark' });
    await talk();
    const [text, buttonText, disabled] = [
      await systemColour('CanvasText'),
      await systemColour('ButtonText'),
      await systemColour('GrayText'),
    ];
    for (const selector of ['[part="panel"]', '.bubble', '.code', '[part="composer"]', '[part="mark"]']) {
      expect(await styleOf(selector, 'border-block-start-width', 'border-block-start-color'), selector).toEqual([
        '1px',
        text,
      ]);
    }
    for (const button of ['.message [role="group"] button', '.code button', '[part="header"] button']) {
      expect(await styleOf(button, 'border-block-start-width', 'border-block-start-color'), button).toEqual([
        '1px',
        buttonText,
      ]);
    }
    expect(await styleOf(SEND, 'color', 'border-block-start-color')).toEqual([disabled, disabled]);
    await page.locator('chat-stream textarea').fill('x');
    await expect.poll(() => styleOf(SEND, 'color', 'border-block-start-color'), POLL).toEqual([buttonText, buttonText]);
    expect(await styleOf(SEND, 'background-color')).toEqual([await systemColour('ButtonFace')]);
    expect(await styleOf('[part="composer"]', 'outline-width')).toEqual(['3px']);
    await page.keyboard.press('Tab');
    expect(await styleOf(SEND, 'outline-width', 'outline-style')).toEqual(['3px', 'solid']);
    expect(await styleOf('[part="prose"] a', 'color')).toEqual([await systemColour('LinkText')]);
    expect(await styleOf('[part="mark"]', 'color')).not.toEqual(await styleOf('[part="mark"]', 'background-color'));
    expect(await styleOf(FADE, 'display')).toEqual(['none']);
  });

  test('leave a rule its line, and tell what is pressed', async () => {
    await open({ forcedColors: 'active' });
    await talk(`---\n\n${RICH_REPLY}`);
    const line = ['1px', 'solid', await systemColour('CanvasText')];
    const sides = ['border-block-end-width', 'border-block-end-style', 'border-block-end-color'];
    expect(await styleOf('hr', ...sides)).toEqual(line);
    const [good, poor] = ['Good reply', 'Poor reply'].map((name) => `[aria-label="${name}"]`) as [string, string];
    await page.locator(`chat-stream ${good}`).click();
    await expect.poll(() => styleOf(good, 'border-block-end-width'), POLL).toEqual(['3px']);
    expect(await styleOf(poor, 'border-block-end-width')).toEqual(['1px']);
    expect(await styleOf(good, 'inline-size', 'block-size')).toEqual(await styleOf(poor, 'inline-size', 'block-size'));
  });

  test('leave the caret, the notice and its bar to be seen', async () => {
    await open({ forcedColors: 'active' });
    await ask(page, 'Hello');
    const call = await site.responder.call();
    call.push('Some words');
    await page.getByText('Some words').waitFor();
    const text = await systemColour('CanvasText');
    const caret = await page
      .locator('chat-stream [part="prose"] p')
      .evaluate((block) => getComputedStyle(block, '::after').backgroundColor);
    expect(caret).toBe(text);
    await page.route('**/chat/**', (route) => route.abort());
    site.cutAll();
    const timer = '[part="notice"] :has(> [style])';
    await page.locator(`chat-stream ${timer}`).waitFor();
    const hollow = await page.locator('chat-stream [part="prose"] p').evaluate((block) => {
      const { backgroundColor, boxShadow } = getComputedStyle(block, '::after');
      return { backgroundColor, boxShadow };
    });
    expect(hollow).toEqual({ backgroundColor: 'rgba(0, 0, 0, 0)', boxShadow: `${text} 0px 0px 0px 1.5px inset` });
    expect(await styleOf('[part="notice"]', 'border-block-start-color')).toEqual([text]);
    expect(await styleOf(timer, 'border-block-start-color')).toEqual([text]);
    expect(await styleOf(`${timer} > *`, 'background-color')).toEqual([text]);
  });
});

describe('more contrast', () => {
  test('makes quiet text as dark as any, and hairlines borders', async () => {
    for (const [turn, colorScheme, strong] of [
      [0, 'light', 'rgb(133, 137, 143)'],
      [1, 'dark', 'rgb(113, 119, 127)'],
    ] as const) {
      await open({ contrast: 'more', colorScheme });
      await talk(RICH_REPLY, turn);
      const ink = await styleOf('[part="panel"]', 'color');
      for (const selector of ['.status', '[part="disclosure"]', 'th', '.code-head']) {
        expect(await styleOf(selector, 'color'), selector).toEqual(ink);
      }
      for (const selector of ['.bubble', '.code', '.table']) {
        expect(await styleOf(selector, 'border-block-start-color'), selector).toEqual([strong]);
      }
      if (colorScheme === 'light') await page.context().close();
    }
  });
});

describe('the colour scheme', () => {
  test('is the system’s, whatever the page says, and that of the theme where one is set', async () => {
    await open({ colorScheme: 'dark' });
    const surface = () => styleOf('[part="panel"]', 'background-color', 'color-scheme');
    expect(await surface()).toEqual(['rgb(23, 24, 26)', 'light dark']);
    await page.evaluate(() => (document.documentElement.style.colorScheme = 'only light'));
    expect(await surface()).toEqual(['rgb(23, 24, 26)', 'light dark']);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await surface()).toEqual(['rgb(255, 255, 255)', 'light dark']);
    await page.evaluate(() => (document.documentElement.style.colorScheme = 'dark'));
    expect(await surface()).toEqual(['rgb(255, 255, 255)', 'light dark']);
    await page.locator('chat-stream').evaluate((element) => element.setAttribute('theme', 'dark'));
    await expect.poll(surface, POLL).toEqual(['rgb(23, 24, 26)', 'dark']);
  });
});

describe('on paper', () => {
  beforeEach(async () => {
    await open({}, { theme: 'dark' });
    await page.addStyleTag({ content: 'chat-stream { height: 300px; max-height: 300px }' });
    await talk(`${'Words of a long conversation.\n\n'.repeat(60)}---\n\n${RICH_REPLY}`);
    await page.emulateMedia({ media: 'print' });
  });

  test('are the header and the whole conversation, nothing cut, black on white', async () => {
    const hidden = ['[part="footer"]', builtClass('icon'), '.code-copy', FADE, 'textarea'];
    const seen = await page.locator('chat-stream').evaluate((element, gone) => {
      const find = (selector: string) => element.shadowRoot?.querySelector(selector);
      const isShown = (selector: string) => find(selector)?.checkVisibility() ?? false;
      const bottom = (selector: string) => find(selector)?.getBoundingClientRect().bottom ?? 0;
      return {
        shown: ['[part="header"]', '.bubble', '[part="prose"]', '.image-load'].filter(isShown),
        hidden: gone.filter((selector) => !isShown(selector)),
        isWhole: element.getBoundingClientRect().bottom >= bottom('[part="prose"] > :last-child'),
        isLong: element.getBoundingClientRect().height > 2_000,
      };
    }, hidden);
    expect(seen).toEqual({
      shown: ['[part="header"]', '.bubble', '[part="prose"]', '.image-load'],
      hidden,
      isWhole: true,
      isLong: true,
    });
    expect(await styleOf('[part="panel"]', 'background-color', 'color')).toEqual([
      'rgb(255, 255, 255)',
      'rgb(27, 28, 30)',
    ]);
    const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
    expect(pages.length).toBeGreaterThan(2);
  });

  test('a rule is a line where no backgrounds are printed, and a notice has no room for buttons', async () => {
    expect(await styleOf('hr', 'border-block-end-width', 'border-block-end-style')).toEqual(['1px', 'solid']);
    await page.emulateMedia({ media: 'screen' });
    await page.route('**/chat/**', (route) => route.fulfill({ status: 410, json: { code: 'session_gone' } }));
    await ask(page, 'And now?');
    const ways = page.locator(`chat-stream ${builtClass('ways')}`);
    await ways.waitFor();
    await page.emulateMedia({ media: 'print' });
    await ways.waitFor({ state: 'hidden' });
    expect(await page.locator('chat-stream [part="notice"]').isVisible()).toBe(true);
  });

  test('the numbers of sources stand in the text', async () => {
    await page.emulateMedia({ media: 'screen' });
    await ask(page, 'Who says so?');
    const call = await site.responder.call(1);
    call.push({ type: 'sources', sources: [{ id: 'terms', title: 'Terms' }] }, 'They do [terms].');
    call.end();
    await settled(page);
    await page.emulateMedia({ media: 'print' });
    const text = page.locator('chat-stream [part="prose"]').last();
    await expect.poll(() => text.innerText(), POLL).toBe('They do [1].');
  });

  test('code wraps, tables fit, and links show their address', async () => {
    // As wide as paper is within its margins: A5.
    await page.setViewportSize({ width: 480, height: 900 });
    const fit = await page.locator('chat-stream').evaluate((element) =>
      ['pre', '.table', '.scroll'].map((selector) => {
        const found = element.shadowRoot!.querySelector(selector)!;
        return found.scrollWidth <= found.clientWidth && getComputedStyle(found).maskImage === 'none';
      }),
    );
    expect(fit).toEqual([true, true, true]);
    const address = await page
      .locator('chat-stream [part="prose"] a')
      .first()
      .evaluate((link) => getComputedStyle(link, '::after').content);
    expect(address).toContain('https://example.com/terms');
  });
});
