import { mkdirSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../helpers/browser.js';
import { difference, KEPT, small } from './compare.js';
import { type Language, type Screen, Stage } from './stage.js';
import { STATES } from './states.js';

/** Set by `npm run pictures`: the pictures that are taken are kept. */
const isTaking = process.env.PICTURES === 'take';

/** Kept at its full size, too. */
const README_PICTURE = 'streaming-ltr-light-1280';

const SCREENS: { readonly [name: string]: Screen } = {
  1280: { width: 1280, height: 800, isTouch: false },
  390: { width: 390, height: 844, isTouch: true },
  320: { width: 320, height: 256, isTouch: true },
};
/** A4, upright, in pixels of CSS. */
const PAPER: Screen = { width: 794, height: 1123, isTouch: false };
/** A whole conversation, a notice, and a countdown. */
const IN_OTHER_MEDIA = ['complete', 'error', 'reconnecting'];
const MEDIA = [
  ['forced', { colorScheme: 'light', forcedColors: 'active' }],
  ['paper', { forcedColors: 'none', media: 'print' }],
] as const;
const THEMES = ['light', 'dark'] as const;
const LANGUAGES: readonly Language[] = ['en', 'ar'];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
  if (isTaking) mkdirSync(KEPT, { recursive: true });
});
afterAll(() => browser.close());

/** Keeps what is seen under this name, or answers how it differs from what was kept. */
async function look(stage: Stage, picture: string): Promise<readonly string[]> {
  const whole = await stage.screenshot();
  if (isTaking && picture === README_PICTURE) writeFileSync(new URL('../chat-stream.png', KEPT), whole);
  const screenshot = await small(whole);
  if (isTaking) writeFileSync(new URL(`${picture}.png`, KEPT), screenshot);
  const fault = isTaking ? undefined : await difference(picture, screenshot);
  return fault === undefined ? [] : [fault];
}

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(STATES)(
    '$name looks as it did, and breaks no rule of accessibility',
    async ({ name, keepsMode, reach }) => {
      const stage = await Stage.open(browser, language);
      const faults: string[] = [];
      try {
        await reach(stage);
        for (const [width, screen] of Object.entries(SCREENS)) {
          // A chat fills a small screen where it floats; on a large one it stands in the page.
          await stage.resize(screen);
          if (!keepsMode) await stage.float(screen.isTouch);
          for (const theme of THEMES) {
            await stage.page.emulateMedia({ colorScheme: theme });
            const picture = `${name}-${language === 'ar' ? 'rtl' : 'ltr'}-${theme}-${width}`;
            faults.push(...(await look(stage, picture)));
            for (const violation of await stage.violations()) faults.push(`${picture}: ${violation}`);
          }
        }
      } finally {
        await stage.close();
      }
      expect(faults).toEqual([]);
    },
  );

  test.each(STATES.filter(({ name }) => IN_OTHER_MEDIA.includes(name)))(
    '$name looks as it did in forced colours and on paper',
    async ({ name, reach }) => {
      const stage = await Stage.open(browser, language);
      const faults: string[] = [];
      try {
        await reach(stage);
        await stage.resize(PAPER);
        for (const [way, media] of MEDIA) {
          await stage.page.emulateMedia(media);
          faults.push(...(await look(stage, `${name}-${way}-${language === 'ar' ? 'rtl' : 'ltr'}-light-794`)));
        }
      } finally {
        await stage.close();
      }
      expect(faults).toEqual([]);
    },
  );
});
