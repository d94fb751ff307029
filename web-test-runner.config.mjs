import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import puppeteer from 'puppeteer-core';
import { chromiumArgs, findChromium, findFirefox } from './scripts/browsers.mjs';
import { countReporter } from './scripts/wtr-count-reporter.mjs';
import { builtHighlighterPlugin, elementServerPlugin } from './scripts/wtr-element-server.mjs';
import { oxcPlugin } from './scripts/wtr-oxc-plugin.mjs';
import { webkitLauncher } from './scripts/wtr-webkit-launcher.mjs';

const launchers = {
  chromium: () =>
    chromeLauncher({ puppeteer, launchOptions: { executablePath: findChromium(), args: [...chromiumArgs] } }),
  firefox: () =>
    chromeLauncher({
      puppeteer,
      concurrency: 1,
      launchOptions: { browser: 'firefox', executablePath: findFirefox() },
    }),
  webkit: () => webkitLauncher(),
};

/** `BROWSERS=chromium,firefox,webkit` runs the same tests in each. */
const browsers = (process.env.BROWSERS ?? 'chromium').split(',');

/** Hostile texts in a page of their own; WebKitGTK's driver does not come to an end with it, and the cause is not found. */
const SAFETY = 'test/element/markdown-safety.test.ts';
const safetyBrowsers = browsers.filter((name) => name !== 'webkit');

export default {
  rootDir: '.',
  files: ['test/element/**/*.test.ts', `!${SAFETY}`],
  groups:
    safetyBrowsers.length > 0
      ? [{ name: 'safety', files: SAFETY, browsers: safetyBrowsers.map((name) => launchers[name]()) }]
      : [],
  nodeResolve: true,
  // One page at a time in each browser: only a page in front has the focus, and frames.
  concurrency: 1,
  browsers: browsers.map((name) => launchers[name]()),
  plugins: [builtHighlighterPlugin(), oxcPlugin(), elementServerPlugin()],
  reporters: [
    defaultReporter({ reportTestResults: true, reportTestProgress: !process.env.CI }),
    countReporter('element'),
  ],
  testFramework: { config: { timeout: 15_000 } },
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 180_000,
  filterBrowserLogs: ({ args }) => !args.some((arg) => typeof arg === 'string' && arg.startsWith('Lit is in dev mode')),
  coverageConfig: {
    include: ['widget/src/**'],
    report: true,
    reporters: ['lcovonly', 'text-summary'],
    reportDir: 'coverage/element',
  },
};
