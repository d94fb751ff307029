/** What the server holds in memory: of a stream that is open and silent, and of what was asked before. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChat } from '../helpers/chat.js';
import { settledHeapBytes } from '../helpers/heap.js';
import { eventually, json, newSession, postJson } from '../helpers/http.js';

const STREAMS = 400;

/** Asks on a connection of its own; resolves with the first bytes of the answer. */
async function ask(port: number, path: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream;v=1\r\n` +
      'Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{"content":"Hello"}',
  );
  await once(socket, 'data');
  return socket;
}

async function heapBytesOf(openAll: () => Promise<unknown>): Promise<number> {
  const before = await settledHeapBytes();
  await openAll();
  return ((await settledHeapBytes()) - before) / STREAMS;
}

describe('a stream that is open', () => {
  test('holds no more than 9 kB of the heap beyond what Node does', async () => {
    const bare = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(': open\n\n');
    });
    bare.listen(0, '127.0.0.1');
    onTestFinished(() => {
      bare.closeAllConnections();
      bare.close();
    });
    await once(bare, 'listening');
    const barePort = (bare.address() as AddressInfo).port;
    const chat = await startChat({ orphanTimeoutMs: Infinity });
    const { port, pathname } = new URL(chat.url);
    const openBare = () => ask(barePort, '/');
    const openOurs = () => ask(Number(port), `${pathname}/sessions/${newSession()}/messages/stream`);
    const all = (open: () => Promise<Socket>) => () => Promise.all(Array.from({ length: STREAMS }, open));
    // What the first requests leave behind for good is none of theirs.
    await Promise.all(Array.from({ length: 50 }, () => [openBare(), openOurs()]).flat());
    const [bareBytes, ownBytes] = [await heapBytesOf(all(openBare)), await heapBytesOf(all(openOurs))];
    console.log(`a stream holds ${Math.round(ownBytes)} bytes, of them Node ${Math.round(bareBytes)}`);
    expect(ownBytes - bareBytes).toBeLessThan(9_000);
  });

  test('keeps none of the fields of its head, and its connection serves the next request', async () => {
    const chat = await startChat();
    const { port, pathname } = new URL(chat.url);
    const socket = await ask(Number(port), `${pathname}/sessions/${newSession()}/messages/stream`);
    const [response] = chat.open;
    expect(response?.headersSent).toBe(true);
    expect(response?.getHeaderNames()).toEqual([]);
    expect(() => response?.setHeader('X-Late', '1')).toThrow(/after they are sent/);
    let received = '';
    socket.on('data', (bytes) => (received += String(bytes)));
    (await chat.responder.call()).end();
    await eventually(() => received.endsWith('\r\n0\r\n\r\n'));
    received = '';
    socket.write(`GET ${pathname}/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await eventually(() => received.includes('{"status":"ok"}'));
    expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });
});

describe('a session', () => {
  test('does not hold the address it was first asked for under', async () => {
    const chat = await startChat({
      respond: async function* () {
        yield 'Fine.';
      },
    });
    const begin = async (query: string) => {
      const answer = await postJson(`${chat.messages(newSession())}?${query}`, { content: 'Hello' });
      expect(await json(answer)).toMatchObject({ assistant: { content: 'Fine.' } });
    };
    const begunWith = (query: string) => async () => {
      for (let count = 0; count < STREAMS; count++) await begin(query);
    };
    await begunWith('q')();
    const plain = await heapBytesOf(begunWith('q'));
    expect((await heapBytesOf(begunWith('q'.repeat(10_000)))) - plain).toBeLessThan(2_000);
  });
});
