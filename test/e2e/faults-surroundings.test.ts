import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { ask, launchChromium, newestReply, settled } from '../helpers/browser.js';
import { openSite, type Site, type SiteOptions, sayCut } from '../helpers/surroundings/site.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const FIRST = 'Half of it:\n\n- **one** 👩‍👩‍👧‍👦\n- two';
const REST =
  '\n\n```js\nconst rest = "told";\n```\n\nAnd [a link](https://shop.example/a "b"), `code`, | no | table |.';

const stage = (...before: string[]) => ({
  page: (chat: string) => `${before.join('\n')}<div class="stage">${chat}</div>`,
});

/** The page's own errors and the element's are told apart by nothing: there must be none. */
async function expectNoFault({ faults, warnings }: Site): Promise<void> {
  expect(faults).toEqual([]);
  // What colours code (highlight.js) cannot run where every object has additions: there it stays as it came, and says so.
  expect(
    warnings.filter((warning) => !/stays as it came\. TypeError: [\w.]+ is not a function$/.test(warning)),
  ).toEqual([]);
}

/** What a visitor reads of the newest reply: the text of its blocks. */
const shown = ({ page }: Site) =>
  page.evaluate(() => {
    const root = document.querySelector('chat-stream')?.shadowRoot;
    return root?.querySelector<HTMLElement>('[part~="message-assistant"]:last-of-type [part="prose"]')?.innerText ?? '';
  });

/** Two questions, the first of whose answers is cut in the middle. Ends with the exact texts, each generated once. */
async function converse(site: Site): Promise<void> {
  const { page, responder } = site;
  await ask(page, 'Tell me "all" of it.');
  const call = await responder.call(0);
  expect(call.turn.message.content).toBe('Tell me "all" of it.');
  await sayCut(site, call, FIRST, REST);
  await settled(page);
  expect(await newestReply(page)).toEqual({ text: FIRST + REST, status: 'done', count: 2 });
  await expect.poll(() => shown(site)).toContain('const rest = "told";');
  expect(await shown(site)).toContain('And a link');
  expect(responder.calls).toHaveLength(1);

  await ask(page, 'And then?');
  const next = await responder.call(1);
  next.push('That was all.');
  next.end();
  await settled(page);
  expect(await newestReply(page)).toEqual({ text: 'That was all.', status: 'done', count: 4 });
  expect(responder.calls).toHaveLength(2);
}

const HOSTILE: readonly (readonly [string, SiteOptions])[] = [
  ['wraps fetch and reads a clone of every body', stage('<script src="/monitoring.js"></script>')],
  ['runs in a zone of zone.js', stage('<script src="/zone.js"></script>')],
  ['has libraries of before 2010', stage('<script src="/old-libraries.js"></script>')],
  ['has a style sheet that hides and resets everything', stage('<link rel="stylesheet" href="/hostile.css">')],
  [
    'has all of that at once',
    stage(
      '<link rel="stylesheet" href="/hostile.css">',
      '<script src="/zone.js"></script>',
      '<script src="/old-libraries.js"></script>',
      '<script src="/monitoring.js"></script>',
    ),
  ],
];

describe('host-page-hostile: a whole conversation with a cut in it, where the page', () => {
  test.each(HOSTILE)('%s', async (_name, options) => {
    const site = await openSite(browser, options);
    await converse(site);
    await expectNoFault(site);
  });

  test('makes strings of arrays, and the context of a message and the remembered transcript stay what they are', async () => {
    const site = await openSite(browser, stage('<script src="/old-libraries.js"></script>'));
    const { page, responder } = site;
    expect(await page.evaluate(() => JSON.stringify([1]))).toBe('"[1]"');
    await page.evaluate(() => {
      const cart = [{ item: 'mug', colours: ['red', 'blue'] }, [], new Date(Date.UTC(2026, 0, 1))];
      void document.querySelector('chat-stream')?.send({ text: 'Is it there?', context: { cart } });
    });
    const call = await responder.call(0);
    // A date is told in the library's way: that is the page's own doing.
    expect(call.turn.context).toEqual({ cart: [{ item: 'mug', colours: ['red', 'blue'] }, [], '"2026"'] });
    call.push('It is.');
    call.end();
    await settled(page);

    await page.route('**/sessions/**', (route) => route.abort());
    await page.reload();
    await page.getByText('It is.', { exact: true }).waitFor();
    await page.getByText('Is it there?', { exact: true }).waitFor();
    await expectNoFault(site);
  });
});
