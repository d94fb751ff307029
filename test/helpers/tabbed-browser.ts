import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { chromiumArgs, findChromium } from '../../scripts/browsers.mjs';

export interface TabbedBrowser {
  readonly context: BrowserContext;
  /** Ends the process of a tab, as the system does for want of memory, and lets the tab load its page again. */
  revive(page: Page): Promise<Page>;
  close(): Promise<void>;
}

/** Flags by which test tools keep every page awake. */
const KEPT_AWAKE = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/**
 * Chromium as a visitor has it: a tab behind another is hidden, gets no frames and slow timers, can be frozen, and a page
 * that is left goes into the back/forward cache. Playwright alone emulates the focus in each of its pages, which keeps
 * them shown; a browser it did not start it leaves as it is.
 */
export async function launchTabbedBrowser(): Promise<TabbedBrowser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found. Run: node scripts/browsers.mjs --ensure');
  const started = await puppeteer.launch({
    executablePath,
    args: [...chromiumArgs],
    defaultViewport: null,
    waitForInitialPage: false,
    ignoreDefaultArgs: KEPT_AWAKE,
  });
  const connections: Browser[] = [];
  const connect = async (): Promise<BrowserContext> => {
    const browser = await chromium.connectOverCDP(started.wsEndpoint(), { noDefaults: true });
    connections.push(browser);
    const [context] = browser.contexts();
    if (!context) throw new Error('The browser has no window.');
    return context;
  };
  return {
    context: await connect(),
    async revive(page) {
      const tab = (await started.pages()).find((candidate) => candidate.url() === page.url());
      if (!tab) throw new Error(`No tab shows ${page.url()}.`);
      const devtools = await page.context().newCDPSession(page);
      const crash = page.waitForEvent('crash');
      // It never answers.
      devtools.send('Page.crash').catch(() => {});
      await crash;
      await tab.reload();
      // To Playwright a page that has crashed is gone for good: another connection sees it alive.
      const revived = (await connect()).pages().find((candidate) => candidate.url() === tab.url());
      if (!revived) throw new Error(`No tab shows ${tab.url()} any more.`);
      return revived;
    },
    async close() {
      for (const connection of connections) await connection.close();
      await started.close();
    },
  };
}

/** Brings another tab to the front. */
export async function hide(page: Page, url: string): Promise<void> {
  const other = await page.context().newPage();
  await other.goto(url);
  await other.bringToFront();
  await page.waitForFunction(() => document.visibilityState === 'hidden', undefined, { polling: 20 });
}
