/**
 * The line between client and server, at its ends: `cut-before-headers`, `stall-no-fin`, `clock-skew`, `conn-limit` of
 * `faults.json`. Real server, real client, real sockets; both clocks in the test's hands.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Conversation, HttpTransport } from '../../widget/src/reply/index.js';
import { type Chat, startChat } from '../helpers/chat.js';
import type { Plan } from '../helpers/chaos/faults.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { startFaultProxy } from '../helpers/fault-proxy.js';
import { eventually } from '../helpers/http.js';

const SESSION = 'session-0123456789';

/** A client of `src`, and the moment each of its tries is made. */
function startClient(src: string, send: typeof fetch = fetch) {
  const clock = new FakeClock();
  const transport = new HttpTransport({ src, clock, fetch: send });
  const conversation = new Conversation({ transport: () => transport, sessionId: SESSION, clock, random: () => 0.5 });
  onTestFinished(() => conversation.dispose());
  let seen: unknown;
  return {
    clock,
    conversation,
    reply: () => conversation.turns.at(-1)?.reply,
    /** The next wait, gone through to its end. */
    async wait() {
      const waiting = () => conversation.turns.at(-1)?.reply.waiting;
      await eventually(() => waiting() !== undefined && waiting() !== seen);
      seen = waiting();
      await clock.advance((waiting()?.until ?? Number.NaN) - clock.now());
    },
  };
}

/** A proxy before the server that lets pass what no plan of the list is for; one plan for each POST. */
async function startProxy(chat: Chat, plans: Plan[]) {
  const proxy = await startFaultProxy(new URL(chat.url).origin, ({ method }) => ({
    plan: (method === 'POST' ? plans.shift() : undefined) ?? {},
    random: () => 0.5,
    struck: () => {},
  }));
  onTestFinished(() => proxy.close());
  return { proxy, src: `${proxy.url}/chat` };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('cut-before-headers', () => {
  const LOST: Readonly<Record<string, Plan>> = {
    'reset before a byte is read': { request: { kind: 'drop-before', by: 'RST', share: 0 } },
    'closed before a byte is read': { request: { kind: 'drop-before', by: 'FIN', share: 0 } },
    'reset while it is sent': { request: { kind: 'drop-before', by: 'RST', share: 0.9 } },
    'reset when the server has it': { request: { kind: 'drop-after', by: 'RST' } },
    'closed when the server has it': { request: { kind: 'drop-after', by: 'FIN' } },
    'cut within the status line': { ending: { kind: 'cut', by: 'RST', place: 'headers', at: 9 } },
    'cut within the headers': { ending: { kind: 'cut', by: 'FIN', place: 'headers', at: 60 } },
  };

  test.each(Object.entries(LOST))(
    '%s, up to five times: the same key again, one message stored, one generation',
    async (_name, plan) => {
      for (let times = 1; times <= 5; times++) {
        const chat = await startChat();
        const { src } = await startProxy(
          chat,
          Array.from({ length: times }, () => plan),
        );
        const { conversation, wait } = startClient(src);
        const over = conversation.send('Hello');
        for (let n = 0; n < times; n++) await wait();
        const call = await chat.responder.call();
        call.push('One answer.');
        call.end();
        expect(await over).toMatchObject({ phase: 'done', text: 'One answer.' });
        expect(chat.responder.calls.length).toBe(1);
        const { data } = await chat.snapshot(SESSION);
        expect(data.map(({ role, content }) => [role, content])).toEqual([
          ['user', 'Hello'],
          ['assistant', 'One answer.'],
        ]);
        expect(data[0]?.clientMessageId).toBe(conversation.turns[0]?.clientMessageId);
      }
    },
  );

  test.each(['where nothing listens', 'by a name that nobody has'])('%s, five times: the same', async (where) => {
    const chat = await startChat();
    const nobody = where === 'where nothing listens' ? `http://127.0.0.1:${await closedPort()}` : 'http://chat.invalid';
    const keys = new Set<unknown>();
    let left = 5;
    const { conversation, wait } = startClient(chat.url, (url, init) => {
      if (init?.method === 'POST') keys.add(init.body);
      const isLost = init?.method === 'POST' && left-- > 0;
      return fetch(isLost ? `${nobody}/` : url, init);
    });
    const over = conversation.send('Hello');
    for (let n = 0; n < 5; n++) await wait();
    (await chat.responder.call()).end();
    expect(await over).toMatchObject({ phase: 'done' });
    expect([keys.size, chat.responder.calls.length]).toEqual([1, 1]);
    expect((await chat.snapshot(SESSION)).data.length).toBe(2);
  });
});

describe('stall-no-fin', () => {
  // Of 15 s between comments and 35 s of silence both hold: the server's default is 14 s, the client waits 2.5 times that.
  test('a line that dies without a word is given up 35 s after the last byte, and the reply is complete within 36 s', async () => {
    const chat = await startChat();
    const { proxy, src } = await startProxy(chat, []);
    const { conversation, clock, reply } = startClient(src);
    const over = conversation.send('Hello');
    const call = await chat.responder.call();
    call.push('Half ');
    await eventually(async () => {
      await chat.clock.advance(40);
      return reply()?.text === 'Half ';
    });
    // A heartbeat every 14 s, which the word behind it shows to have been read.
    for (let n = 0; n < 5; n++) {
      await clock.advance(34_999);
      const before = reply()?.text ?? '';
      await chat.clock.advance(14_000);
      call.push('. ');
      await chat.clock.advance(40);
      await eventually(() => reply()?.text === `${before}. `);
    }
    expect([reply()?.phase, chat.open.size]).toEqual(['streaming', 1]);
    const heardAt = clock.now();
    const shown = reply()?.text;

    proxy.loseAll('frozen');
    call.push('whole.');
    call.end();
    await chat.clock.advance(40);
    await clock.advance(34_999);
    expect(reply()).toMatchObject({ phase: 'streaming', text: shown });
    await clock.advance(1);
    await eventually(() => reply()?.phase === 'reconnecting');
    expect(reply()?.error?.code).toBe('stalled');
    await clock.advance(300);
    expect(await over).toMatchObject({ phase: 'done', text: `${shown}whole.` });
    expect(clock.now() - heardAt).toBeLessThan(36_000);
    expect(chat.responder.calls.length).toBe(1);
  });
});

describe('clock-skew', () => {
  const YEAR_MS = 365 * 24 * 3_600_000;

  test.each([YEAR_MS, -YEAR_MS])(
    'a device whose clock is wrong by %i ms, and jumps: nothing is waited for or given up by it',
    async (skewMs) => {
      const chat = await startChat();
      const { src } = await startProxy(chat, [
        { request: { kind: 'refuse', status: 503, retryAfter: { seconds: 5, asDate: false } } },
        { request: { kind: 'drop-before', by: 'RST', share: 0 } },
      ]);
      const { conversation, clock, reply, wait } = startClient(src);
      const now = Date.now.bind(Date);
      let skew = skewMs;
      const dates = vi.spyOn(Date, 'now').mockImplementation(() => now() + skew);
      onTestFinished(() => dates.mockRestore());
      const over = conversation.send('Hello');
      await wait();
      // The device has its time from the network, and jumps back.
      skew = -skewMs;
      expect(clock.now()).toBe(5_150);
      await wait();
      expect(clock.now()).toBeLessThan(8_000);
      const call = await chat.responder.call();
      call.push('On time.');
      await eventually(async () => {
        await chat.clock.advance(40);
        return reply()?.text === 'On time.';
      });
      skew = skewMs;
      call.end();
      expect(await over).toMatchObject({ phase: 'done', text: 'On time.' });
      // What is shown of times is the server's, and order is that of its ids.
      const { data } = await chat.snapshot(SESSION);
      expect(data.every(({ createdAt }) => String(createdAt).startsWith('2026-01-01T'))).toBe(true);
      expect(conversation.turns.length).toBe(1);
    },
  );

  test('by a year: a Retry-After that is a date waits a minute at the most', async () => {
    const chat = await startChat();
    const date: Plan = { request: { kind: 'refuse', status: 503, retryAfter: { seconds: 30, asDate: true } } };
    const { src } = await startProxy(chat, [date]);
    const now = Date.now();
    const { conversation, clock, wait } = startClient(src, async (url, init) => {
      const response = await fetch(url, init);
      dates.mockReturnValue(now - YEAR_MS);
      return response;
    });
    const dates = vi.spyOn(Date, 'now');
    onTestFinished(() => dates.mockRestore());
    void conversation.send('Hello');
    await wait();
    expect(clock.now()).toBe(60_150);
    await chat.responder.call();
  });
});

describe('conn-limit', () => {
  test('idle conversations hold no connection: the server counts none, and nothing is asked', async () => {
    const chat = await startChat();
    const sockets = () =>
      new Promise<number>((resolve) => chat.server.server.getConnections((_error, count) => resolve(count)));
    let requests = 0;
    chat.server.server.on('request', () => requests++);
    const clients = Array.from({ length: 20 }, () => startClient(chat.url));
    for (const [index, { conversation }] of clients.entries()) {
      const loaded = conversation.load([]);
      await loaded;
      if (index >= 10) continue;
      const over = conversation.send(`Question ${index}`);
      const call = await chat.responder.call(index);
      call.push('An answer.');
      call.end();
      expect(await over).toMatchObject({ phase: 'done' });
    }
    expect(requests).toBe(30);
    expect(chat.open.size).toBe(0);
    // What is kept alive between requests belongs to the HTTP client, which lets go of it by itself.
    chat.server.server.closeIdleConnections();
    await eventually(async () => (await sockets()) === 0);
    for (const { clock } of clients) await clock.advance(24 * 3_600_000);
    for (const { clock } of clients) expect(clock.pending).toBe(0);
    expect([requests, await sockets()]).toEqual([30, 0]);
  });
});
