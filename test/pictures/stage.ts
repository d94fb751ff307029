import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ChatStreamElement } from '../../widget/src/chat-stream-element.js';
import { axeViolations, shownText } from '../helpers/browser.js';
import type { Line } from '../helpers/line-server.js';
import { STREAM } from '../helpers/line-server.js';
import { startStageSite, type StageSite } from './stage-site.js';
import { type StageTexts, TEXTS } from './texts.js';

export type Language = 'en' | 'ar';

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly isTouch: boolean;
}

/** A minute before noon of a Wednesday: "Yesterday" is a Tuesday everywhere. */
const NOW = new Date('2026-11-25T11:59:00Z');

/** One page with the element, whose clock and server stand still until they are told to go on. */
export class Stage {
  readonly page: Page;
  readonly site: StageSite;
  readonly texts: StageTexts;
  readonly #context: BrowserContext;
  readonly #debugger: CDPSession;
  readonly #language: Language;
  #lastId = 0;
  #isHeld = false;

  private constructor(context: BrowserContext, page: Page, session: CDPSession, site: StageSite, language: Language) {
    this.#context = context;
    this.page = page;
    this.#debugger = session;
    this.site = site;
    this.#language = language;
    this.texts = TEXTS[language];
  }

  static async open(browser: Browser, language: Language): Promise<Stage> {
    const site = await startStageSite();
    const context = await browser.newContext({ timezoneId: 'UTC', locale: language, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.addInitScript(() => {
      Math.random = () => 0.5;
      Object.assign(globalThis, {
        realSetTimeout: setTimeout.bind(globalThis),
        realFrame: requestAnimationFrame.bind(globalThis),
      });
    });
    await page.clock.install({ time: NOW });
    await page.clock.pauseAt(NOW.getTime() + 60_000);
    return new Stage(context, page, await context.newCDPSession(page), site, language);
  }

  /** Shows the page, the element with these attributes. */
  async show(attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    const query = new URLSearchParams({ lang: this.#language, ...attributes });
    await this.page.goto(`${this.site.url}/?${query}`);
    await this.page.waitForFunction(() => customElements.get('chat-stream') !== undefined, undefined, POLLING);
    await this.page.evaluate(() => document.fonts.ready.then(() => true));
    await this.pass(100);
  }

  /** Keeps what moves, or waits with an animation, at its beginning. */
  async hold(): Promise<void> {
    this.#isHeld = true;
    await this.#debugger.send('Animation.enable');
    await this.#debugger.send('Animation.setPlaybackRate', { playbackRate: 0 });
  }

  /** Lets so many milliseconds go by for the page. */
  pass(durationMs: number): Promise<void> {
    return this.page.clock.runFor(durationMs);
  }

  /** Asks; the line on which the answer is awaited. */
  async ask(question = this.texts.question): Promise<Line> {
    await this.page.locator('chat-stream textarea').fill(question);
    await this.page.keyboard.press('Enter');
    return this.nextLine();
  }

  /** The next request for a stream, or to stop one, however long the page waits before it. */
  async nextLine(): Promise<Line> {
    return this.#whilePassing(this.site.nextLine(), 50);
  }

  /** The answer begins: as much of it as is given stands in the page, or only its `start`. */
  async answer(line: Line, content = ''): Promise<void> {
    line.head(200, STREAM);
    line.event(++this.#lastId, { type: 'start', messageId: 'reply-1', protocol: 1, heartbeatMs: 15_000 });
    if (content !== '') await this.say(line, content);
  }

  async say(line: Line, content: string): Promise<void> {
    const before = await shownText(this.page);
    line.event(++this.#lastId, { type: 'token', content });
    await expect.poll(async () => (await this.pass(50), shownText(this.page)), { timeout: 20_000 }).not.toBe(before);
    await this.settle();
  }

  async finish(line: Line, fields: object = {}): Promise<void> {
    line.event(++this.#lastId, { type: 'end', messageId: 'reply-1', reason: 'complete', ...fields });
    line.end();
    await this.reaches('done');
    await this.settle();
  }

  /** Asks, and has it answered to the end. */
  async converse(question: string, answer: string): Promise<void> {
    const line = await this.ask(question);
    await this.answer(line, answer);
    await this.finish(line);
  }

  /** Resolves when the newest reply is in this phase. */
  reaches(phase: string): Promise<void> {
    const status = async () => {
      await this.pass(50);
      return this.page.evaluate(() => document.querySelector('chat-stream')?.status);
    };
    return expect.poll(status, { timeout: 20_000 }).toBe(phase);
  }

  /** Lets what waits for an idle moment or a frame come to its end: colours, heights, the scroll place. */
  async settle(): Promise<void> {
    await this.pass(2_000);
  }

  async resize({ width, height, isTouch }: Screen): Promise<void> {
    await this.#debugger.send('Emulation.setTouchEmulationEnabled', { enabled: isTouch });
    await this.page.setViewportSize({ width, height });
    await this.#layOut();
  }

  /** Lets the element float over the page, and cover a small one, or stand in its place. */
  async float(isFloating: boolean): Promise<void> {
    await this.page.locator('chat-stream').evaluate((element: ChatStreamElement, floats) => {
      element.mode = floats ? 'floating' : 'inline';
      element.toggleAttribute('open', floats);
    }, isFloating);
    await this.#layOut();
  }

  /** The page is told of sizes in a frame, and draws what follows from them in a task after it, by its clock: it has some of each. */
  async #layOut(): Promise<void> {
    for (let frames = 0; frames < 4; frames++) {
      await this.page.evaluate(() => {
        const { realFrame } = globalThis as unknown as { realFrame: typeof requestAnimationFrame };
        return new Promise((resolve) => void realFrame(resolve));
      });
      await this.pass(25);
    }
  }

  /** What is in view, once two pictures in a row are the same: heights and places have settled. */
  async screenshot(): Promise<Buffer> {
    // Elsewhere they are at their end.
    const options = { animations: this.#isHeld ? 'allow' : 'disabled' } as const;
    let picture = await this.page.screenshot(options);
    for (let tries = 0; tries < 10; tries++) {
      const next = await this.page.screenshot(options);
      if (next.equals(picture)) return next;
      picture = next;
      await this.pass(50);
    }
    throw new Error('The page does not come to rest.');
  }

  /** Rules of accessibility that the page breaks. Its clock stands still meanwhile: axe has the real timers. */
  async violations(): Promise<readonly string[]> {
    await this.page.evaluate(() => {
      const page = globalThis as unknown as { standing: typeof setTimeout; realSetTimeout: typeof setTimeout };
      page.standing = setTimeout;
      window.setTimeout = page.realSetTimeout;
    });
    try {
      return await axeViolations(this.page);
    } finally {
      await this.page.evaluate(() => {
        window.setTimeout = (globalThis as unknown as { standing: typeof setTimeout }).standing;
      });
    }
  }

  offline(isOffline: boolean): Promise<void> {
    return this.#context.setOffline(isOffline);
  }

  /** Lets the page's time go by, so many milliseconds after another, until this is there. */
  async #whilePassing<T>(awaited: Promise<T>, stepMs: number): Promise<T> {
    let isThere = false;
    const there = awaited.finally(() => (isThere = true));
    there.catch(() => {});
    while (!isThere) await Promise.race([there, this.pass(stepMs)]);
    return there;
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.site.close();
  }
}

/** By time: the page's frames stand still. */
const POLLING = { polling: 20 };
