/** The client's half of `server-restart` and `sigterm` of `faults.json`: a real process ends, and one comes after it. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { Conversation, HttpTransport } from '../../widget/src/reply/index.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { noticeFor } from '../../widget/src/view/notices.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { startOpenAiServer } from '../helpers/openai-server.js';
import { startServerProcess } from './server-process.js';

/** A server process that has said half of an answer to a client, its model under the test's hand. */
async function startHalf() {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  const environment = { CHAT_OPENAI_MODEL: 'test', CHAT_OPENAI_BASE_URL: upstream.baseUrl, CHAT_GRACE_MS: '0' };
  const server = await startServerProcess(environment);
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock });
  const sessionId = 'session-0123456789';
  const conversation = new Conversation({ transport: () => transport, sessionId, clock, random: () => 0.5 });
  onTestFinished(() => conversation.dispose());
  const asked = upstream.exchange();
  const over = conversation.send('Hello');
  const exchange = await asked;
  exchange.head();
  exchange.delta('Half of ');
  const reply = () => conversation.turns.at(-1)?.reply;
  await eventually(() => reply()?.text === 'Half of ');
  const texts: string[] = [];
  reply()?.subscribe(() => texts.push(reply()?.text ?? ''));
  return {
    upstream,
    server,
    clock,
    conversation,
    over,
    reply,
    texts,
    notice: () => {
      const shown = reply();
      return shown && noticeFor(shown, ENGLISH, clock.now());
    },
    restart: () => startServerProcess({ ...environment, PORT: new URL(server.url).port }),
  };
}

describe('server-restart', () => {
  test('the half that was shown is marked as interrupted, and a try by hand puts the whole in its place', async () => {
    const { upstream, server, clock, conversation, over, reply, texts, notice, restart } = await startHalf();
    server.send('SIGKILL');
    await server.exited;
    // While there is no server the client tries; nothing is lost by that.
    await eventually(() => reply()?.waiting?.attempt === 1);
    await clock.advance(150);
    await eventually(() => reply()?.waiting?.attempt === 2);
    await restart();
    await clock.advance(2_000);
    await over;
    expect(reply()).toMatchObject({ phase: 'interrupted', text: 'Half of ', error: { code: 'reply_lost' } });
    expect(notice()).toMatchObject({
      title: ENGLISH.errNetwork,
      text: ENGLISH.errNetworkText,
      actions: ['retry', 'copy'],
    });

    const asked = upstream.exchange();
    const again = conversation.retry();
    (await asked).reply('The whole of it.');
    await again;
    expect(reply()).toMatchObject({ phase: 'done', text: 'The whole of it.' });
    expect(conversation.turns.length).toBe(1);
    expect(texts.filter((text) => text !== '' && text !== 'Half of ' && !'The whole of it.'.startsWith(text))).toEqual(
      [],
    );
    expect(upstream.requests.length).toBe(2);
  }, 30_000);
});

describe('sigterm', () => {
  test('the client shows what it has, and goes on with the server that comes after, the question stored once', async () => {
    const { upstream, server, conversation, over, reply, notice, restart } = await startHalf();
    server.send('SIGTERM');
    await over;
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(reply()).toMatchObject({ phase: 'failed', text: 'Half of ', error: { code: 'shutting_down' } });
    expect(notice()).toMatchObject({ title: ENGLISH.errServer, actions: ['retry', 'copy'] });
    const { url } = await restart();
    const asked = upstream.exchange();
    const again = conversation.retry();
    (await asked).reply('The whole of it.');
    await again;
    expect(reply()).toMatchObject({ phase: 'done', text: 'The whole of it.' });
    const response = await fetch(`${url}/sessions/${conversation.sessionId}/messages`);
    const { data } = (await response.json()) as { data: { role: string; content: string }[] };
    expect(data.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'Hello'],
      ['assistant', 'The whole of it.'],
    ]);
  }, 30_000);
});
