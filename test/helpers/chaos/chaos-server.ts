import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createChatServer, createLogger, type ChatServer, memoryLog, type Turn } from 'chat-stream-server';
import { seededRandom } from '../random.js';
import { hardText, shredded } from '../texts.js';
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

export interface ChaosServerOptions {
  /** How many times faster than the wall's its clock runs. */
  readonly speed: number;
  readonly heartbeatMs: number;
  readonly retryMs: number;
}

interface StoredMessages {
  /** Messages of visitors. */
  readonly questions: number;
  /** The newest answer; undefined where there is none. */
  readonly answer: { readonly content: string; readonly status: string } | undefined;
}

/** A real chat server that knows the answer to every question, and counts how often it was made to give it. */
export class ChaosServer {
  readonly #replies = new Map<string, ChaosReply>();
  readonly #generations = new Map<string, number>();
  /** The session in which a question was answered. */
  readonly #sessions = new Map<string, string>();
  readonly #chat: ChatServer;
  #url = '';

  constructor({ speed, heartbeatMs, retryMs }: ChaosServerOptions) {
    const clock = fastServerClock(speed);
    this.#chat = createChatServer({
      respond: (turn) => this.#respond(turn),
      prefix: '/:reply',
      origins: ['*'],
      logger: createLogger('silent'),
      log: memoryLog({ clock, idleMs: Infinity }),
      clock,
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

  get url(): string {
    return this.#url;
  }

  async listen(): Promise<void> {
    this.#url = await this.#chat.listen();
  }

  async close(): Promise<void> {
    const closed = this.#chat.close(0);
    this.#chat.server.closeAllConnections();
    await closed;
  }

  /** Makes an answer known. */
  teach(reply: ChaosReply): void {
    this.#replies.set(reply.question, reply);
  }

  /** How often the question was answered. */
  generationsOf({ question }: ChaosReply): number {
    return this.#generations.get(question) ?? 0;
  }

  /** What a session holds (without an id: that in which the question was answered), asked without a proxy in between. */
  async stored(
    { question, segment }: ChaosReply,
    sessionId: string | undefined = this.#sessions.get(question),
  ): Promise<StoredMessages> {
    if (sessionId === undefined) return { questions: 0, answer: undefined };
    const response = await fetch(`${this.#url}/${segment}/sessions/${sessionId}/messages?limit=200`);
    if (!response.ok) return { questions: 0, answer: undefined };
    const { data } = (await response.json()) as { data: { role: string; content: string; status: string }[] };
    return {
      questions: data.filter(({ role }) => role === 'user').length,
      answer: data.findLast(({ role }) => role === 'assistant'),
    };
  }

  async *#respond({ sessionId, message, signal }: Turn): AsyncGenerator<string> {
    const reply = this.#replies.get(message.content);
    if (!reply) throw new Error(`Nobody asked "${message.content}".`);
    this.#generations.set(reply.question, this.generationsOf(reply) + 1);
    this.#sessions.set(reply.question, sessionId);
    const random = seededRandom(reply.seed + 1);
    for (const piece of shredded(random, reply.text, 60)) {
      yield piece;
      if (reply.paceMs > 0) await setTimeout(random() * reply.paceMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** The element as it is built: a page loads it. */
export const SCRIPT = new URL('../../../widget/dist/chat-stream.js', import.meta.url);
const PAGE =
  '<!doctype html><html lang="en"><title>chaos</title><script src="/chat-stream.js"></script><body></body></html>';
