import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createChatServer, createLogger } from 'chat-stream-server';
import { type Clock, HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { PrefixWatch } from '../helpers/chaos/chaos-client.js';
import { type ChaosReply, ChaosServer, createReply } from '../helpers/chaos/chaos-server.js';
import { CLOSES, type Close, type EndingFault } from '../helpers/chaos/faults.js';
import { MessageReader } from '../helpers/chaos/http-message.js';
import { nodeClient } from '../helpers/chaos/node-client.js';
import { startFaultProxy } from '../helpers/fault-proxy.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';

/** The shortest of the client's time-outs: until a stream counts as held back. Waits between tries here are shorter. */
const SHORTEST_TIMEOUT_MS = 5_000;
/** Runs under way at once. */
const CONCURRENCY = 48;
/** Cuts of one reply on its way: so that a cut at each byte takes thousands of replies, and not tens of thousands. */
const CUTS = 16;
/** `start`, 298 tokens, `end`. */
const EVENTS = 300;

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close();
});

const SESSION = 'every-byte-session';
const MESSAGE = { content: 'Everything, please.', clientMessageId: 'every-byte-key-000001' };

/** Tokens of few characters, so that the whole reply stays short: it is cut at each of its bytes. */
const TOKENS = Array.from({ length: EVENTS - 2 }, (_, index) => ['a ', '日', '👩‍👧', '\n', '**', 'é'][index % 6] ?? '');

/** A real server whose one reply has been made: every further request is a replay. */
async function startRecordedReply() {
  let generations = 0;
  const chat = createChatServer({
    async *respond() {
      generations++;
      for (const token of TOKENS) {
        yield token;
        // Each in an event of its own.
        await setTimeout(4);
      }
    },
    flushMs: 1,
    logger: createLogger('silent'),
  });
  const url = await chat.listen();
  cleanUp.push(() => {
    chat.server.closeAllConnections();
    return chat.close(0);
  });
  return { url, bytes: await record(url), generations: () => generations };
}

/** What the server answers to the first client, to the byte. */
async function record(url: string): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ role: 'user', ...MESSAGE });
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `POST /sessions/${SESSION}/messages/stream HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream;v=1\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const received: Buffer[] = [];
  for await (const bytes of socket) {
    received.push(bytes as Buffer);
    if (Buffer.concat(received).subarray(-5).toString() === '0\r\n\r\n') break;
  }
  return Buffer.concat(received);
}

/** Where the recording may be taken up again: the first byte of each event, by the id of the event before it. */
function seamsOf(recording: Buffer): ReadonlyMap<string, number> {
  // An event is a chunk of its own, and its id comes first: `2f CRLF id: 7 LF …`.
  const seams = [...recording.toString('latin1').matchAll(/[\da-f]+\r\nid: (\d+)\n/g)];
  return new Map(seams.map(({ index }, place) => [seams[place - 1]?.[1] ?? '0', index]));
}

/**
 * Answers with the recording, a resumption with what of it lies behind the cursor, up to one of its bytes: the path says
 * which, and how the connection ends there.
 */
async function startTape(recording: Buffer): Promise<string> {
  const seams = seamsOf(recording);
  expect(seams.size).toBe(EVENTS);
  const head = recording.subarray(0, recording.indexOf('\r\n\r\n') + 4);
  const play = async (socket: Socket): Promise<void> => {
    const requests = new MessageReader(socket);
    const request = await requests.head();
    if (!request) return;
    await requests.exactly(Number(request.fields.get('content-length') ?? 0));
    const [, at, by] = / \/(\d+)-(RST|FIN)\//.exec(request.startLine) ?? [];
    const cursor = /[?&]after=(\d+)/.exec(request.startLine)?.[1];
    const seam = cursor === undefined ? undefined : seams.get(cursor);
    const part = recording.subarray(seam ?? 0, Number(at));
    const bytes = seam === undefined ? part : Buffer.concat([head, part]);
    const end = () => (by === 'RST' ? socket.resetAndDestroy() : socket.end());
    if (bytes.length === 0) end();
    else socket.write(bytes, end);
  };
  const tape = createServer((socket) => {
    socket.on('error', () => {});
    void play(socket);
  });
  tape.listen(0, '127.0.0.1');
  await once(tape, 'listening');
  cleanUp.push(() => new Promise((resolve) => tape.close(resolve)));
  return `http://127.0.0.1:${(tape.address() as AddressInfo).port}`;
}

/**
 * A clock without time-outs, on which every other wait is over at once. A tape answers and ends: only a busy machine is
 * slow, and were that taken for a held-back stream, the client would poll, and meet none of the other cuts.
 */
function patientClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    after(delayMs, callback) {
      if (delayMs >= SHORTEST_TIMEOUT_MS) return () => {};
      const immediate = setImmediate(() => {
        now += delayMs;
        callback();
      });
      return () => clearImmediate(immediate);
    },
  };
}

/** One client whose answers are cut at one byte after the other; what it does wrong, or undefined. */
async function runOne(url: string, tape: string, places: readonly number[], by: Close): Promise<string | undefined> {
  const answer = TOKENS.join('');
  const clock = patientClock();
  let cuts = 0;
  const transport = new HttpTransport({
    src: url,
    clock,
    fetch: (input, init) => {
      const isCut = typeof input === 'string' && input.includes('/stream') && cuts < places.length;
      return fetch(isCut ? input.replace(url, `${tape}/${places[cuts++]}-${by}`) : input, init);
    },
  });
  const request = { kind: 'send', message: MESSAGE } as const;
  const reply = new ReplyStream({ transport, sessionId: SESSION, request, clock, random: () => 0 });
  const watch = new PrefixWatch(answer);
  reply.subscribe(() => watch.see(reply.text));
  await reply.run();
  const where = `cut by ${by} at bytes ${places.slice(0, cuts).join(', ')}`;
  if (reply.phase !== 'done') return `${where}: ${reply.phase}, ${reply.error?.message}`;
  if (watch.violation !== undefined) return `${where}: ${watch.violation}`;
  if (reply.text !== answer) return `${where}: inexact at the end`;
  return cuts < places.length ? `${where}: taken for a whole reply` : undefined;
}

describe('cut-any-byte: a recorded reply of 300 events', () => {
  test.each(CLOSES)(
    'is exact after a cut at every byte by %s',
    async (by) => {
      const { url, bytes, generations } = await startRecordedReply();
      const tape = await startTape(bytes);
      const faults: string[] = [];
      const step = Math.ceil(bytes.length / CUTS);
      const offsets = Array(step).keys();
      const worker = async () => {
        for (const offset of offsets) {
          const places = Array.from({ length: CUTS }, (_, index) => offset + index * step).filter(
            (at) => at < bytes.length,
          );
          const fault = await runOne(url, tape, places, by);
          if (fault !== undefined) faults.push(fault);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      expect(faults.slice(0, 10)).toEqual([]);
      expect(generations()).toBe(1);
      // Tens of thousands of connections: the bound is for a client that hangs.
    },
    300_000,
  );
});

describe('cut-any-byte: a running reply', () => {
  test('is exact after a cut at sampled bytes, by RST and by FIN', async ({ annotate }) => {
    const seed = chosenSeed();
    await annotate(`seed ${seed}`);
    console.log(`every byte: SEED=${seed}`);
    const random = seededRandom(seed);
    const speed = 50;
    const server = new ChaosServer({ speed, heartbeatMs: 15_000, retryMs: 1_000 });
    await server.listen();
    cleanUp.push(() => server.close());
    const cuts = new Map<string, EndingFault>();
    const proxy = await startFaultProxy(server.url, ({ path }) => {
      const segment = path.split('/')[1] ?? '';
      const ending = cuts.get(segment);
      cuts.delete(segment);
      return { plan: ending ? { ending } : {}, random, struck: () => {} };
    });
    cleanUp.push(() => proxy.close());
    const client = nodeClient(speed);
    const runs: [ChaosReply, string][] = [];
    for (let n = 1; n <= 120; n++) {
      const reply = { ...createReply(seed, n), paceMs: 4 };
      const by = n % 2 === 0 ? 'RST' : 'FIN';
      const at = 1 + Math.floor(random() * (400 + reply.text.length));
      server.teach(reply);
      cuts.set(reply.segment, { kind: 'cut', by, place: 'anywhere', at });
      runs.push([reply, `seed ${seed}, reply ${n} cut at byte ${at} by ${by}`]);
    }
    const waiting = runs.values();
    const worker = async () => {
      for (const [reply, where] of waiting) {
        const { text, phase, violation } = await client.ask(reply, proxy.port);
        expect({ phase, violation, isExact: text === reply.text }, where).toEqual({
          phase: 'done',
          violation: undefined,
          isExact: true,
        });
        expect(server.generationsOf(reply), where).toBe(1);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    expect(cuts.size).toBe(0);
  });
});
