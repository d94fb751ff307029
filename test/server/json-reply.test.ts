import { expect, test } from 'vitest';
import { startChat } from '../helpers/chat.js';
import { eventually, expectProblem, json, newSession, postJson } from '../helpers/http.js';

test('a client without streams gets both messages when the reply is finished', async () => {
  const chat = await startChat();
  const session = newSession();
  const answer = postJson(chat.messages(session), { content: 'Hello' });
  const call = await chat.responder.call();
  call.push('One ', 'two.');
  call.end();
  const response = await answer;
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const { data } = await chat.snapshot(session);
  expect(await json(response)).toEqual({ user: data[0], assistant: data[1] });
  expect(data[1]).toMatchObject({ content: 'One two.', status: 'complete' });
});

test('a repeat of it joins the running reply, and later replays it', async () => {
  const chat = await startChat();
  const session = newSession();
  const body = { content: 'Hello', clientMessageId: 'key-1' };
  const answers = [postJson(chat.messages(session), body), postJson(chat.messages(session), body)];
  const call = await chat.responder.call();
  call.push('Done.');
  call.end();
  const [first, second] = await Promise.all(answers.map(async (answer) => json(await answer)));
  expect(second).toEqual(first);
  const third = await postJson(chat.messages(session), body);
  expect(third.headers.get('idempotency-replayed')).toBe('true');
  expect(await json(third)).toEqual(first);
  expect(chat.responder.calls.length).toBe(1);
});

test('it joins the reply that a stream started', async () => {
  const chat = await startChat();
  const session = newSession();
  const body = { content: 'Hello', clientMessageId: 'key-1' };
  const { messageId } = await chat.ask(session, body);
  const answer = postJson(chat.messages(session), body);
  const call = await chat.responder.call();
  call.push('Done.');
  call.end();
  expect(await json(await answer)).toMatchObject({ assistant: { id: messageId, content: 'Done.' } });
});

test('a reply that failed is told by its status', async () => {
  const chat = await startChat();
  const answer = postJson(chat.messages(newSession()), { content: 'Hello' });
  (await chat.responder.call()).fail(new Error('secret words'));
  const text = await (await answer).text();
  expect(JSON.parse(text)).toMatchObject({
    assistant: { status: 'error', error: { code: 'internal', retryable: true } },
  });
  expect(text).not.toContain('secret');
});

test('who waits counts as a reader, and no longer when gone', async () => {
  const chat = await startChat({ orphanTimeoutMs: 5_000 });
  const leaving = new AbortController();
  const answer = fetch(chat.messages(newSession()), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ content: 'Hello' }),
    signal: leaving.signal,
  }).catch(() => 'left');
  const call = await chat.responder.call();
  await chat.clock.advance(60_000);
  expect(call.aborted).toBe(false);
  leaving.abort();
  expect(await answer).toBe('left');
  await eventually(() => chat.open.size === 0);
  await chat.clock.advance(5_000);
  expect(call.aborted).toBe(true);
});

test('a session that is deleted meanwhile is told as missing', async () => {
  const chat = await startChat();
  const session = newSession();
  const answer = postJson(chat.messages(session), { content: 'Hello' });
  await chat.responder.call();
  await fetch(`${chat.url}/sessions/${session}`, { method: 'DELETE' });
  await expectProblem(await answer, 404, 'session_not_found');
});
