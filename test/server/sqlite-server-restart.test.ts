/** `server-restart` and `sigterm` of `faults.json` for a server with its sessions in a file: real processes, the real client. */
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Conversation, HttpTransport } from '../../widget/src/reply/index.js';
import { eventually } from '../helpers/http.js';
import { startOpenAiServer } from '../helpers/openai-server.js';
import { startServerProcess } from './server-process.js';
import { newFile } from './sqlite-steps.js';

/** What is in the file, as another program sees it. */
function changesIn(file: string): number {
  const database = new Database(file);
  const { count } = database.prepare('SELECT count(*) AS count FROM changes').get() as { count: number };
  database.close();
  return count;
}

interface Stored {
  readonly activeMessageId?: string;
  readonly data: readonly { readonly role: string; readonly content: string; readonly status: string }[];
}

/** A server that has said a part of an answer, its model under the test's hand, and a client that shows it. */
async function startHalf() {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  const file = newFile();
  const environment = {
    CHAT_STORE: `sqlite:${file}`,
    CHAT_OPENAI_MODEL: 'test',
    CHAT_OPENAI_BASE_URL: upstream.baseUrl,
    CHAT_GRACE_MS: '0',
  };
  const server = await startServerProcess(environment);
  const { port } = new URL(server.url);
  const transport = new HttpTransport({ src: server.url });
  const sessionId = 'session-0123456789';
  const conversation = new Conversation({ transport: () => transport, sessionId });
  onTestFinished(() => conversation.dispose());
  const asked = upstream.exchange();
  const over = conversation.send('Hello');
  const exchange = await asked;
  exchange.head();
  const reply = () => conversation.turns.at(-1)?.reply;
  const stored = async () => (await (await fetch(`${server.url}/sessions/${sessionId}/messages`)).json()) as Stored;
  let text = '';
  const say = async (words: string) => {
    text += words;
    exchange.delta(words);
    await eventually(() => reply()?.text === text);
  };
  await say('Half of ');
  const restart = (changes = {}) => startServerProcess({ ...environment, PORT: port, ...changes });
  return { file, upstream, server, conversation, over, reply, stored, say, restart };
}

describe('server-restart: with sessions in a file', () => {
  test('the client ends with exactly what was stored, is told why, and a try by hand answers the same question', async () => {
    const { file, upstream, server, conversation, over, reply, stored, say, restart } = await startHalf();
    // The first words are in the file by the time these are said; the last ones are shown, and are not.
    await eventually(() => changesIn(file) === 2);
    await say('what was shown');
    server.send('SIGKILL');
    await server.exited;
    await restart();
    conversation.reconnect();
    await over;
    const { data, activeMessageId } = await stored();
    expect(activeMessageId).toBeUndefined();
    expect(data).toMatchObject([{ content: 'Hello' }, { content: reply()?.text, status: 'error' }]);
    expect(['Half of ', 'Half of what was shown']).toContain(reply()?.text);
    expect(reply()).toMatchObject({ phase: 'failed', error: { code: 'server_restarted', retryable: true } });

    const asked = upstream.exchange();
    const again = conversation.retry();
    (await asked).reply('The whole of it.');
    await again;
    expect(reply()).toMatchObject({ phase: 'done', text: 'The whole of it.' });
    expect((await stored()).data.filter(({ role }) => role === 'user').length).toBe(1);
    expect(upstream.requests.length).toBe(2);
  }, 30_000);

  test('a second server on the same file ends at once with a sentence', async () => {
    const { restart } = await startHalf();
    await expect(restart({ PORT: '0' })).rejects.toThrow(/chat\.db is in use by another server\. Stop that one/);
  });
});

describe('sigterm: with sessions in a file', () => {
  test('what was said is stored, and the server that comes after has the whole conversation', async () => {
    const { server, over, reply, stored, restart } = await startHalf();
    server.send('SIGTERM');
    await over;
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(reply()).toMatchObject({ phase: 'failed', text: 'Half of ', error: { code: 'shutting_down' } });
    await restart();
    expect(await stored()).toMatchObject({ data: [{ content: 'Hello' }, { content: 'Half of ', status: 'error' }] });
  });
});
