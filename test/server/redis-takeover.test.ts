/** A machine that dies, or stands still for too long, in the middle of a reply: another one says how that ended. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ChaosNode, startNode } from '../helpers/chaos/chaos-nodes.js';
import { createReply } from '../helpers/chaos/chaos-server.js';
import { startChat } from '../helpers/chat.js';
import { eventually, json, newSession, StreamClient, textOf, typesOf, V1 } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { openReady } from './two-machines.js';

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
}, 120_000);
afterAll(() => redis.close());

const SEED = 7;
/** One whose model takes its time. */
const REPLY = Array.from({ length: 100 }, (_, n) => createReply(SEED, n)).find(
  ({ paceMs, text }) => paceMs === 12 && text.length > 4_000,
)!;

/** A machine of its own in the middle of a reply, and one in the test's hands that follows it. */
async function startHalf({ url } = redis) {
  const node = await startNode({ redisUrl: url, seed: SEED, speed: 1, heartbeatMs: 15_000, retryMs: 1_000 });
  onTestFinished(async () => {
    node.process.kill('SIGKILL');
    await node.exited;
  });
  const chat = await startChat({ log: await openReady(url, { prefix: 'chat' }) });
  const session = newSession();
  const stream = await ask(node, session);
  const start = await stream.event();
  const first = await stream.event();
  const messageId = String(start?.messageId);
  const followed = await chat.resume(session, messageId, first?.id);
  const second = await followed.event();
  return { node, chat, session, messageId, stream, followed, shown: textOf([first!, second!]) };
}

const ask = (node: ChaosNode, session: string): Promise<StreamClient> =>
  StreamClient.open(`${node.url}/any/sessions/${session}/messages/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...V1 },
    body: JSON.stringify({ content: REPLY.question, clientMessageId: 'key-1' }),
  });

const RESTARTED = { type: 'error', code: 'server_restarted', retryable: true };

describe('a machine that is killed', () => {
  test('has its reply ended by another one: the text kept, the session free', async () => {
    const { node, chat, session, messageId, stream, followed, shown } = await startHalf();
    const killedAt = performance.now();
    node.process.kill('SIGKILL');
    const events = await followed.events();
    console.log(`taken over after ${(performance.now() - killedAt).toFixed(0)} ms`);
    await expect(stream.rest()).rejects.toThrow();
    expect(events.at(-1)).toMatchObject({ ...RESTARTED, messageId });
    const [, reply] = (await chat.snapshot(session)).data;
    expect(reply).toMatchObject({ content: shown + textOf(events), status: 'error' });
    expect(REPLY.text.startsWith(String(reply?.content))).toBe(true);
    expect(String(reply?.content).length).toBeLessThan(REPLY.text.length);
    // The same key leads to the same end; a new try is a new reply.
    const { stream: again } = await chat.ask(session, { content: REPLY.question, clientMessageId: 'key-1' });
    expect((await again.events()).at(-1)).toMatchObject(RESTARTED);
    await chat.answered(session, 'Fine.', 'Again?');
  });
});

test('a machine that is killed with its Redis, which forgets its last words, has its readers begin anew', async () => {
  const own = await startRedis();
  onTestFinished(() => own.close());
  const { node, chat, session, messageId, followed } = await startHalf(own);
  await own.command('SAVE');
  const saved = (await chat.snapshot(session)).lastEventId;
  // What comes now is shown, and then forgotten.
  let shown = 0;
  while (shown < saved + 3) shown = (await followed.event())?.id ?? Infinity;
  node.process.kill('SIGKILL');
  await own.kill();
  await own.start();
  await expect(followed.rest()).rejects.toThrow();
  await eventually(async () => (await chat.snapshot(session)).activeMessageId === undefined);
  const again = await (await chat.resume(session, messageId, shown)).events();
  expect(again[0]).toMatchObject({ type: 'start', reset: true });
  expect(again.at(-1)).toMatchObject(RESTARTED);
});

describe('a machine that stands still past its lease', () => {
  test('is fenced when it comes back: nothing of its reply is stored or shown any more', async () => {
    const { node, chat, session, messageId, stream, followed, shown } = await startHalf();
    node.process.kill('SIGSTOP');
    const events = await followed.events();
    expect(events.at(-1)).toMatchObject(RESTARTED);
    const ended = (await chat.snapshot(session)).data[1];
    node.process.kill('SIGCONT');
    // Its own readers learn what the others know, and nothing beside.
    const own = await stream.events();
    expect(own.at(-1)).toMatchObject(RESTARTED);
    expect(typesOf(own).filter((type) => type !== 'token')).toEqual(['error']);
    const { content } = ended ?? {};
    expect(shown + textOf(events)).toBe(content);
    expect(String(content).endsWith(textOf(own))).toBe(true);
    expect((await chat.snapshot(session)).data[1]).toEqual(ended);
    // It lives, and serves: also what is asked next.
    const response = await fetch(`${node.url}/any/sessions/${session}/messages/${messageId}`);
    expect(await json(response)).toMatchObject({ content, status: 'error' });
    await eventually(async () => (await fetch(`${node.url}/any/healthz`)).ok);
    const other = newSession();
    expect(textOf(await (await ask(node, other)).events())).toBe(REPLY.text);
    expect((await chat.snapshot(other)).data[1]).toMatchObject({ content: REPLY.text, status: 'complete' });
  });
});
