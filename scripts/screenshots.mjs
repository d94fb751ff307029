/**
 * `npm run screenshots`: pictures of the demo, desktop and phone, light and dark, in each state, into `screenshots/`.
 * For people to look at, in the demo; what is compared is taken by `npm run pictures`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { playwrightChromiumArgs, findChromium } from './browsers.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const VIEWS = [
  { name: 'desktop-light', width: 1280, height: 840, colorScheme: 'light' },
  { name: 'desktop-dark', width: 1280, height: 840, colorScheme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light', isMobile: true, hasTouch: true },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark', isMobile: true, hasTouch: true },
];

mkdirSync(path('../screenshots'), { recursive: true });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...playwrightChromiumArgs] });
for (const view of VIEWS) await takeAll(view);
await browser.close();

async function takeAll({ name, width, height, ...options }) {
  let demo = await startDemo(0);
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const picture = async (state) => {
    await page.locator('chat-stream').evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await page.screenshot({ path: path(`../screenshots/${name}-${state}.png`) });
  };
  await page.goto(demo.url);
  await page.locator('chat-stream textarea').waitFor();
  await picture('empty');
  await ask(page, 'What happens when my connection is cut?');
  await shows(page, 40);
  await picture('streaming');
  await shows(page, 400);
  await demo.kill();
  await page.getByText('Reconnect now').waitFor();
  await picture('reconnecting');
  demo = await startDemo(Number(new URL(demo.url).port));
  await page.getByText('Try again').waitFor();
  await picture('interrupted');
  await page.getByText('Try again').click();
  await page.waitForFunction(() => document.querySelector('chat-stream').status === 'done');
  await picture('complete');
  await ask(page, 'How does streaming work?');
  await shows(page, 60);
  await page.evaluate(() => document.querySelector('chat-stream').stop());
  await page.getByText('You stopped this reply.').waitFor();
  await picture('stopped');
  await page.evaluate(() => document.querySelector('chat-stream').setAttribute('src', '/nowhere'));
  await ask(page, 'Is anybody there?');
  await page.getByText('The chat is not set up correctly.', { exact: true }).waitFor();
  await picture('misconfigured');
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
    document.querySelector('chat-stream').setAttribute('src', '/chat');
    document.querySelector('chat-stream').newSession();
  });
  await ask(page, 'מה קורה כשהחיבור נקטע? cut');
  await shows(page, 200);
  await picture('rtl');
  await page.context().setOffline(true);
  await page.getByText('You are offline.', { exact: false }).first().waitFor();
  await picture('offline');
  await context.close();
  await demo.kill();
}

async function ask(page, question) {
  await page.locator('chat-stream textarea').fill(question);
  await page.locator('chat-stream button[type=submit]').click({ delay: 350 });
}

function shows(page, length) {
  return page.waitForFunction(
    (least) => document.querySelector('chat-stream').messages.at(-1)?.content.length >= least,
    length,
  );
}

function startDemo(port) {
  const demo = spawn(process.execPath, [path('../demo/serve.mjs')], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    demo.once('exit', (code) => reject(new Error(`The demo ended with code ${code}.`)));
    demo.stdout.setEncoding('utf8').on('data', (text) => {
      const url = /http:\/\/[\w.:]+/.exec(text)?.[0];
      if (!url) return;
      resolve({
        url,
        kill: () => new Promise((done) => demo.removeAllListeners('exit').once('exit', done) && demo.kill('SIGKILL')),
      });
    });
  });
}
