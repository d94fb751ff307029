import { expect } from 'vitest';
import { newestReply } from '../helpers/browser.js';
import { STREAM } from '../helpers/line-server.js';
import type { Stage } from './stage.js';

/** A state of the element, and how a page comes into it. */
export interface State {
  readonly name: string;
  /** Stays in the mode it is shown in, whatever the screen. */
  readonly keepsMode?: true;
  reach(stage: Stage): Promise<void>;
}

const problem = (code: string, status: number, headers: Record<string, string> = {}) =>
  [
    status,
    { title: code, status, code, requestId: '7f3a-19c2' },
    { 'Content-Type': 'application/problem+json', 'Chat-Stream-Version': '1', ...headers },
  ] as const;

/** All of them, as the design lists them. */
export const STATES: readonly State[] = [
  { name: 'empty', reach: (stage) => stage.show() },
  {
    name: 'sending',
    async reach(stage) {
      await stage.show();
      // Before the dots, which come after 0.3 s.
      await stage.hold();
      await stage.ask();
    },
  },
  {
    name: 'thinking',
    async reach(stage) {
      await stage.show();
      await stage.answer(await stage.ask());
      await stage.settle();
    },
  },
  {
    name: 'streaming',
    async reach(stage) {
      await stage.show();
      await stage.answer(
        await stage.ask(),
        stage.texts.answer.slice(0, stage.texts.answer.indexOf('|')) + stage.texts.half,
      );
    },
  },
  {
    name: 'complete',
    async reach(stage) {
      await stage.show();
      await stage.converse(stage.texts.question, stage.texts.answer);
    },
  },
  {
    name: 'stopped',
    async reach(stage) {
      await stage.show();
      await stage.answer(await stage.ask(), stage.texts.half);
      await stage.page.evaluate(() => document.querySelector('chat-stream')?.stop());
      (await stage.nextLine()).answer(200, { id: 'reply-1', status: 'stopped', length: stage.texts.half.length });
      await stage.reaches('stopped');
      await stage.settle();
    },
  },
  { name: 'reconnecting', reach: (stage) => reconnecting(stage) },
  {
    name: 'resumed',
    async reach(stage) {
      await reconnecting(stage);
      await stage.page.evaluate(() => document.querySelector('chat-stream')?.reconnect());
      const line = await stage.nextLine();
      line.head(200, STREAM);
      line.event(3, { type: 'token', content: stage.texts.short });
      await expect
        .poll(async () => (await stage.pass(20), (await newestReply(stage.page)).text))
        .toContain(stage.texts.short);
      await stage.pass(500);
    },
  },
  {
    name: 'offline',
    async reach(stage) {
      await stage.show();
      await stage.converse(stage.texts.question, stage.texts.short);
      await stage.offline(true);
      await stage.page.getByRole('textbox').fill(stage.texts.otherQuestion);
      await stage.page.keyboard.press('Enter');
      await stage.settle();
    },
  },
  {
    name: 'error',
    async reach(stage) {
      await stage.show();
      const line = await stage.ask();
      await stage.answer(line, stage.texts.half);
      line.event(9, {
        type: 'error',
        error: 'x',
        messageId: 'reply-1',
        code: 'upstream_error',
        retryable: true,
        requestId: '7f3a-19c2',
      });
      line.end();
      await stage.reaches('failed');
    },
  },
  {
    name: 'rate-limited',
    async reach(stage) {
      await stage.show();
      await stage.converse(stage.texts.question, stage.texts.short);
      (await stage.ask(stage.texts.otherQuestion)).answer(...problem('rate_limited', 429, { 'Retry-After': '28' }));
      await stage.reaches('reconnecting');
      // In the middle of a second: a little more or less shows the same.
      await stage.pass(8_900);
    },
  },
  {
    name: 'session-ended',
    async reach(stage) {
      await stage.show();
      await stage.converse(stage.texts.question, stage.texts.short);
      (await stage.ask(stage.texts.otherQuestion)).answer(...problem('session_gone', 410));
      await stage.reaches('failed');
    },
  },
  {
    name: 'read-only',
    async reach(stage) {
      remember(stage, false);
      await stage.show({ readonly: '', 'session-id': SESSION });
      await isRemembered(stage);
    },
  },
  {
    name: 'long-history',
    async reach(stage) {
      remember(stage, true);
      await stage.show({ 'session-id': SESSION });
      await isRemembered(stage);
      await scrollTo(stage, 0);
    },
  },
  {
    name: 'scrolled-up',
    async reach(stage) {
      await stage.show();
      await stage.converse(stage.texts.otherQuestion, stage.texts.answer);
      await stage.answer(await stage.ask(), stage.texts.answer);
      await scrollTo(stage, 60);
      await stage.settle();
    },
  },
  {
    name: 'unread',
    keepsMode: true,
    async reach(stage) {
      await stage.show({ mode: 'floating', open: '' });
      const line = await stage.ask();
      await stage.answer(line, stage.texts.half);
      await stage.page.evaluate(() => document.querySelector('chat-stream')?.hide());
      await stage.finish(line);
    },
  },
  {
    name: 'page-empty',
    keepsMode: true,
    reach: (stage) => stage.show({ mode: 'page' }),
  },
  {
    name: 'page-complete',
    keepsMode: true,
    async reach(stage) {
      await stage.show({ mode: 'page' });
      await stage.converse(stage.texts.question, stage.texts.answer);
    },
  },
  {
    name: 'floating',
    keepsMode: true,
    async reach(stage) {
      await stage.show({ mode: 'floating', open: '' });
      await stage.converse(stage.texts.question, stage.texts.short);
    },
  },
  {
    name: 'sources',
    async reach(stage) {
      await stage.show();
      const line = await stage.ask();
      await stage.answer(line);
      line.event(50, {
        type: 'sources',
        sources: [
          { id: '1', title: 'HTML: server-sent events', url: 'https://html.spec.whatwg.org/', snippet: '' },
          { id: '2', title: 'RFC 9110: HTTP semantics', url: 'https://www.rfc-editor.org/rfc/rfc9110' },
        ],
      });
      line.event(51, { type: 'token', content: `${stage.texts.short} [1] [2]` });
      line.event(52, { type: 'suggestions', suggestions: [stage.texts.otherQuestion, stage.texts.question] });
      line.event(53, { type: 'end', messageId: 'reply-1', reason: 'complete' });
      line.end();
      await stage.reaches('done');
      await stage.settle();
    },
  },
  {
    name: 'misconfigured',
    async reach(stage) {
      await stage.show();
      (await stage.ask()).answer(200, '<!doctype html><title>A page</title>');
      await stage.reaches('failed');
    },
  },
];

const SESSION = 'a-session-of-the-pictures-0001';

async function reconnecting(stage: Stage): Promise<void> {
  await stage.show();
  const line = await stage.ask();
  await stage.answer(line);
  line.write('retry: 8000\n\n');
  await stage.say(line, stage.texts.half);
  // The first try is at once, the second waits.
  line.cut();
  const retry = stage.nextLine();
  await stage.reaches('reconnecting');
  const notice = () => stage.page.locator('chat-stream [part=notice]').textContent();
  const first = await notice();
  (await retry).answer(...problem('overloaded', 503));
  await expect.poll(async () => (await stage.pass(20), notice())).not.toBe(first);
}

/** As a visitor's wheel does; the page is told of it with the next frame. */
const scrollTo = (stage: Stage, place: number): Promise<void> =>
  stage.page.locator('chat-stream').evaluate(async (element, to) => {
    const transcript = element.shadowRoot?.querySelector('[part=transcript]');
    if (!transcript) return;
    transcript.dispatchEvent(new WheelEvent('wheel', { deltaY: -200 }));
    const told = new Promise((resolve) => transcript.addEventListener('scroll', resolve, { once: true }));
    transcript.scrollTop = to;
    await told;
  }, place);

/** What was said before comes from the server, in a time of its own: only then is there anything to settle. */
async function isRemembered(stage: Stage): Promise<void> {
  const messages = async () => {
    await stage.pass(50);
    return stage.page.locator('chat-stream .message').count();
  };
  await expect.poll(messages, { timeout: 20_000 }).toBeGreaterThan(2);
  await stage.settle();
}

/** A conversation that was begun yesterday. */
function remember(stage: Stage, hasMore: boolean): void {
  const { question, otherQuestion, answer, short, thanks, welcome } = stage.texts;
  const message = (id: number, role: 'user' | 'assistant', content: string, day: number) => ({
    id: `m${id}`,
    role,
    content,
    status: 'complete',
    ...(role === 'assistant' && { parentId: `m${id - 1}` }),
    createdAt: `2026-11-${day}T10:0${id}:00Z`,
    lastEventId: id,
  });
  const data = [
    message(1, 'user', otherQuestion, 24),
    message(2, 'assistant', short, 24),
    message(3, 'user', question, 25),
    message(4, 'assistant', hasMore ? answer : short, 25),
    ...(hasMore ? [] : [message(5, 'user', thanks, 25), message(6, 'assistant', welcome, 25)]),
  ];
  stage.site.history = () => ({ data, lastEventId: 9, hasMore });
}
