import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { startChat } from '../helpers/chat.js';
import { eventually, expectProblem, json, newSession, postJson } from '../helpers/http.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('a session', () => {
  test('is created with an id, a place and an expiry', async () => {
    const chat = await startChat();
    const response = await postJson(`${chat.url}/sessions`, { metadata: { page: '/returns' }, locale: 'de' });
    expect(response.status).toBe(201);
    const session = await json(response);
    expect(session).toEqual({
      id: expect.stringMatching(/^[\w-]{32,}$/),
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-02T00:00:00.000Z',
      metadata: { page: '/returns' },
    });
    expect(response.headers.get('location')).toBe(`/chat/sessions/${String(session.id)}`);
    await chat.clock.advance(1_000);
    expect(await json(await fetch(`${chat.url}/sessions/${String(session.id)}`))).toEqual({
      ...session,
      expiresAt: '2026-01-02T00:00:01.000Z',
    });
  });

  test('has no expiry where the store never forgets', async () => {
    const chat = await startChat({ log: memoryLog({ idleMs: Infinity }) });
    const session = await json(await postJson(`${chat.url}/sessions`));
    expect(Object.keys(session)).toEqual(['id', 'createdAt']);
  });

  test('needs no body to be created, and each has an id of its own', async () => {
    const chat = await startChat();
    const ids = await Promise.all([1, 2, 3].map(async () => (await json(await postJson(`${chat.url}/sessions`))).id));
    expect(new Set(ids).size).toBe(3);
  });

  test('is created by the first message, for a client that knows no other way', async () => {
    const chat = await startChat();
    const session = newSession();
    await expectProblem(await fetch(`${chat.url}/sessions/${session}`), 404, 'session_not_found');
    await chat.answered(session);
    expect(await json(await fetch(`${chat.url}/sessions/${session}`))).toMatchObject({ id: session });
  });

  test('is forgotten when nothing happened in it for a day', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    await chat.clock.advance(DAY_MS - 1);
    expect((await fetch(`${chat.url}/sessions/${session}`)).status).toBe(200);
    await chat.clock.advance(DAY_MS);
    await expectProblem(await fetch(`${chat.url}/sessions/${session}`), 404, 'session_not_found');
  });

  test.each([
    [{ metadata: 'x' }, 'metadata'],
    [{ locale: 'x'.repeat(36) }, 'locale'],
    [{ id: 'mine-mine-mine-mine' }, 'id'],
    [[], 'body'],
  ])('is not created from %j', async (body, named) => {
    const chat = await startChat();
    const problem = await expectProblem(await postJson(`${chat.url}/sessions`, body), 400, 'invalid_request');
    expect(problem.detail).toContain(named);
  });
});

describe('a deleted session', () => {
  test('is gone: its reply is stopped, its messages are wiped, its id is never used again', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    const response = await fetch(`${chat.url}/sessions/${session}`, { method: 'DELETE' });
    expect(response.status).toBe(204);
    expect(call.aborted).toBe(true);
    await stream.rest().catch(() => 'cut');
    const url = `${chat.url}/sessions/${session}`;
    for (const path of ['', '/messages', `/messages/${messageId}/stream`]) {
      await expectProblem(await fetch(`${url}${path}`), 404, 'session_not_found');
    }
    for (const action of ['stop', 'regenerate', 'feedback']) {
      const body = action === 'feedback' ? { rating: 'up' } : {};
      await expectProblem(await postJson(`${url}/messages/${messageId}/${action}`, body), 404, 'session_not_found');
    }
    await expectProblem(await fetch(url, { method: 'DELETE' }), 404, 'session_not_found');
    for (const path of ['/messages', '/messages/stream']) {
      await expectProblem(await postJson(`${url}${path}`, { content: 'Hello' }), 410, 'session_gone');
    }
    expect(chat.responder.calls.length).toBe(1);
  });

  test('lets every reader of its running reply go', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const other = await chat.resume(session, messageId, 0);
    await fetch(`${chat.url}/sessions/${session}`, { method: 'DELETE' });
    await Promise.allSettled([stream.rest(), other.rest()]);
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(60_000);
    expect(chat.clock.pending).toBe(0);
  });
});

describe('the messages of a session', () => {
  test('come oldest first, with the cursor that continues them', async () => {
    const chat = await startChat();
    const session = newSession();
    const reply = await chat.answered(session, 'Fine.', { content: 'Hello', clientMessageId: 'key-1' });
    const response = await fetch(chat.messages(session));
    expect(response.headers.get('cache-control')).toBe('no-store');
    const snapshot = await json(response);
    const user = {
      id: expect.any(String),
      role: 'user',
      content: 'Hello',
      status: 'complete',
      clientMessageId: 'key-1',
    };
    const createdAt = '2026-01-01T00:00:00.000Z';
    expect(snapshot).toEqual({
      data: [
        { ...user, createdAt, lastEventId: 1 },
        {
          id: reply,
          role: 'assistant',
          content: 'Fine.',
          status: 'complete',
          createdAt,
          clientMessageId: 'key-1',
          parentId: (snapshot.data as { id: string }[])[0]?.id,
          lastEventId: 4,
        },
      ],
      lastEventId: 4,
      hasMore: false,
    });
  });

  test('name the reply that runs, and its text continues from its cursor', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('So far ');
    await stream.event();
    const snapshot = await chat.snapshot(session);
    expect(snapshot.activeMessageId).toBe(messageId);
    expect(snapshot.data[1]).toMatchObject({
      content: 'So far ',
      status: 'streaming',
      lastEventId: snapshot.lastEventId,
    });
    const resumed = await chat.resume(session, messageId, snapshot.data[1]?.lastEventId);
    call.push('so good.');
    call.end();
    expect(await resumed.events()).toMatchObject([{ content: 'so good.' }, { type: 'end', length: 15 }]);
    expect((await chat.snapshot(session)).activeMessageId).toBeUndefined();
  });

  test('come in pages, the newest first', async () => {
    const chat = await startChat();
    const session = newSession();
    for (let i = 0; i < 5; i++) await chat.answered(session, `Answer ${i}`, `Question ${i}`);
    const all = (await chat.snapshot(session)).data.map(({ content }) => content);
    expect(all.length).toBe(10);
    const seen: string[] = [];
    let page = await chat.snapshot(session, '?limit=4');
    expect(page.data.map(({ content }) => content)).toEqual(all.slice(6));
    for (;;) {
      seen.unshift(...page.data.map(({ content }) => content));
      if (!page.hasMore) break;
      page = await chat.snapshot(session, `?limit=4&before=${page.data[0]?.id}`);
    }
    expect(seen).toEqual(all);
  });

  test('before one that does not exist are none', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    expect(await chat.snapshot(session, '?before=nothing')).toMatchObject({ data: [], hasMore: false });
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'limit=1&limit=2', 'before=a%20b'])(
    'are refused with a query of %s',
    async (query) => {
      const chat = await startChat();
      const session = newSession();
      await chat.answered(session);
      const problem = await expectProblem(await fetch(`${chat.messages(session)}?${query}`), 400, 'invalid_request');
      expect(problem.detail).toContain(`"${query.split('=')[0]}"`);
    },
  );
});

test('an unknown session and a reply of another one look the same', async () => {
  const chat = await startChat();
  const mine = newSession();
  const theirs = newSession();
  await chat.answered(mine);
  const theirReply = await chat.answered(theirs);
  const answer = async (url: string) => {
    const problem = await json(await fetch(url));
    return { ...problem, requestId: '' };
  };
  expect(await answer(chat.reply(mine, theirReply))).toEqual(await answer(chat.reply(mine, newSession())));
  expect(await answer(chat.messages(newSession()))).toEqual(await answer(chat.messages(newSession())));
});

test('the server tells what it speaks and takes', async () => {
  const chat = await startChat({
    greeting: 'Moin',
    suggestions: ['Returns?'],
    heartbeatMs: 9_000,
    maxContentLength: 500,
  });
  expect(await json(await fetch(`${chat.url}/config`))).toEqual({
    protocol: [1],
    capabilities: ['resume', 'poll', 'stop', 'regenerate', 'edit', 'feedback'],
    limits: { maxContentLength: 500, maxBodyBytes: 32_768 },
    heartbeatMs: 9_000,
    greeting: 'Moin',
    suggestions: ['Returns?'],
  });
  expect(await json(await fetch(`${chat.url}/healthz`))).toEqual({ status: 'ok' });
});
