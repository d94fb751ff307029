import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createChatServer, createLogger, type ChatServer, type SessionLog, type Turn } from 'chat-stream-server';
import { seededRandom } from '../random.js';
import { hardText, shredded } from '../texts.js';
import { type ChaosStore, openStore, type OpenStore } from './chaos-store.js';
import { fastServerClock } from './fast-clock.js';

/** One question and the one answer to it. */
export interface ChaosReply {
  readonly n: number;
  /** All that is random about it comes from here. */
  readonly seed: number;
  /** First segment of every path it is asked under: a proxy tells replies apart by it. */
  readonly segment: string;
  readonly question: string;
  /** The true answer. */
  readonly text: string;
  /** How long the answer pauses between its pieces at the most, in milliseconds of the wall's clock. */
  readonly paceMs: number;
}

/** The reply of that number in a run of that seed. */
export function createReply(runSeed: number, n: number): ChaosReply {
  const seed = Math.floor(seededRandom(Math.imul(runSeed, 1_000_003) + n)() * 2 ** 32);
  const random = seededRandom(seed);
  const text = hardText(random, 500 + Math.floor(random() ** 2 * 6_000));
  const paceMs = [0, 4, 12][Math.floor(random() * 3)] ?? 0;
  return { n, seed, segment: `r${n}`, question: `Question ${n} of run ${runSeed}`, text, paceMs };
}

/** What the proxy leads to: one server, or several on one store. */
export interface ChaosTarget {
  /** Where a request may go: another place each time, perhaps. */
  readonly url: string;
  listen(): Promise<void>;
  close(): Promise<void>;
  /** Makes an answer known. */
  teach(reply: ChaosReply): void;
  /** How often the question was answered. */
  generationsOf(reply: ChaosReply): number;
  /** What a session holds (without an id: that in which the question was answered), asked without a proxy in between. */
  stored(reply: ChaosReply, sessionId?: string): Promise<StoredMessages>;
}

/** The times of a server, and of the clients that talk to it. */
export interface ChaosTiming {
  /** How many times faster than the wall's its clock runs. */
  readonly speed: number;
  readonly heartbeatMs: number;
  readonly retryMs: number;
}

export interface StoredMessages {
  /** Messages of visitors. */
  readonly questions: number;
  /** The newest answer; undefined where there is none. */
  readonly answer: { readonly content: string; readonly status: string } | undefined;
}

/** A real chat server that knows the answer to every question, and counts how often it was made to give it. */
export class ChaosServer implements ChaosTarget {
  readonly #replies = new Map<string, ChaosReply>();
  readonly #generations = new Map<string, number>();
  /** The session in which a question was answered. */
  readonly #sessions = new Map<string, string>();
  readonly #timing: ChaosTiming;
  readonly #kind: ChaosStore;
  #store: OpenStore | undefined;
  #chat: ChatServer | undefined;
  #url = '';

  constructor(timing: ChaosTiming, store: ChaosStore = 'memory') {
    this.#timing = timing;
    this.#kind = store;
  }

  get url(): string {
    return this.#url;
  }

  async listen(): Promise<void> {
    this.#store = await openStore(this.#kind, fastServerClock(this.#timing.speed));
    this.#chat = createChaosChat((turn) => this.#respond(turn), this.#store.log, this.#timing);
    this.#url = await this.#chat.listen();
  }

  async close(): Promise<void> {
    const closed = this.#chat?.close(0);
    this.#chat?.server.closeAllConnections();
    await closed;
    await this.#store?.close();
  }

  teach(reply: ChaosReply): void {
    this.#replies.set(reply.question, reply);
  }

  generationsOf({ question }: ChaosReply): number {
    return this.#generations.get(question) ?? 0;
  }

  stored({ question, segment }: ChaosReply, sessionId = this.#sessions.get(question)): Promise<StoredMessages> {
    return storedAt(this.#url, segment, sessionId);
  }

  #respond({ sessionId, message, signal }: Turn): AsyncGenerator<string> {
    const reply = this.#replies.get(message.content);
    if (!reply) throw new Error(`Nobody asked "${message.content}".`);
    this.#generations.set(reply.question, this.generationsOf(reply) + 1);
    this.#sessions.set(reply.question, sessionId);
    return piecesOf(reply, signal);
  }
}

/** A chat server as all chaos has it. */
export function createChaosChat(
  respond: (turn: Turn) => AsyncIterable<string>,
  log: SessionLog,
  { speed, heartbeatMs, retryMs }: ChaosTiming,
): ChatServer {
  return createChatServer({
    respond,
    log,
    prefix: '/:reply',
    origins: ['*'],
    logger: createLogger('silent'),
    clock: fastServerClock(speed),
    heartbeatMs,
    retryMs,
    // A reply nobody reads for a while must be there for who comes back.
    orphanTimeoutMs: Infinity,
    maxDurationMs: Infinity,
    extend: (app) => {
      app.get('/page', (_request, response) => void response.type('html').send(PAGE));
      app.get('/chat-stream.js', (_request, response) => void response.type('js').send(readFileSync(SCRIPT)));
    },
  });
}

/** The answer as its model would say it. */
export async function* piecesOf(reply: ChaosReply, signal: AbortSignal): AsyncGenerator<string> {
  const random = seededRandom(reply.seed + 1);
  for (const piece of shredded(random, reply.text, 60)) {
    yield piece;
    if (reply.paceMs > 0) await setTimeout(random() * reply.paceMs, undefined, { signal }).catch(() => {});
  }
}

/** What a server has of a session, asked directly. */
export async function storedAt(url: string, segment: string, sessionId: string | undefined): Promise<StoredMessages> {
  if (sessionId === undefined) return { questions: 0, answer: undefined };
  const response = await fetch(`${url}/${segment}/sessions/${sessionId}/messages?limit=200`);
  if (!response.ok) return { questions: 0, answer: undefined };
  const { data } = (await response.json()) as { data: { role: string; content: string; status: string }[] };
  return {
    questions: data.filter(({ role }) => role === 'user').length,
    answer: data.findLast(({ role }) => role === 'assistant'),
  };
}

/** The element as it is built: a page loads it. */
export const SCRIPT = new URL('../../../widget/dist/chat-stream.js', import.meta.url);
const PAGE =
  '<!doctype html><html lang="en"><title>chaos</title><script src="/chat-stream.js"></script><body></body></html>';
