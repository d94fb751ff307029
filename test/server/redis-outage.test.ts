/** A Redis that is gone for ten seconds, with the times of a real site: nothing is made short here. */
import { setTimeout as realTime } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, expectProblem, newSession, postJson, textOf } from '../helpers/http.js';
import { startRedis } from '../helpers/redis.js';
import { startTwo } from './two-machines.js';

/** What the store must outlast. It is the time itself that is tested: no clock stands in for it. */
const OUTAGE_MS = 10_000;

test('a Redis that is gone for 10 s loses no word that was acknowledged, and none that was said meanwhile', async () => {
  const redis = await startRedis({ settings: ['appendonly yes', 'appendfsync always'] });
  onTestFinished(() => redis.close());
  const { one, other, responder } = await startTwo(redis.url);
  const session = newSession();
  const earlier = newSession();
  await one.answered(earlier, 'Stored.');
  const { stream, start, messageId } = await one.ask(session, { content: 'Hello', clientMessageId: 'key-1' });
  const call = await responder.call(1);
  call.push('One ');
  expect(await stream.event()).toMatchObject({ content: 'One ' });
  const followed = await other.resume(session, messageId, start?.id);
  expect(await followed.event()).toMatchObject({ content: 'One ' });

  const goneAt = performance.now();
  await redis.kill();
  call.push('two ');
  await one.clock.advance(40);
  for (const chat of [one, other]) {
    await expectProblem(await postJson(`${chat.messages(newSession())}/stream`, { content: 'Hi' }), 503, 'overloaded');
    expect((await fetch(`${chat.url}/readyz`)).status).toBe(503);
  }
  await realTime(OUTAGE_MS - (performance.now() - goneAt));
  await redis.start();

  call.push('three.');
  await one.clock.advance(40);
  call.end();
  for (const reader of [stream, followed]) {
    const events = await reader.events();
    expect(textOf(events)).toBe('two three.');
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 14 });
  }
  await eventually(async () => (await fetch(`${other.url}/readyz`)).status === 200);
  expect((await other.snapshot(session)).data[1]).toMatchObject({ content: 'One two three.', status: 'complete' });
  expect((await other.snapshot(earlier)).data[1]).toMatchObject({ content: 'Stored.', status: 'complete' });
  await other.answered(session, 'Fine.', 'Again?');
}, 40_000);
