import { executeServerCommand } from '@web/test-runner-commands';
import type { Commands, RequestSeen } from '../helpers/element-commands.js';

/** Gives the tests' server a command, and waits for its answer. */
async function run<C extends keyof Commands>(command: C, argument: Commands[C][0]): Promise<Commands[C][1]> {
  const answer = await executeServerCommand('element-server', { command, argument });
  return answer as Commands[C][1];
}

const opened: string[] = [];

// A browser has six connections to a host: what a test has left unanswered must not hold up the next.
afterEach(async () => {
  await Promise.all(opened.splice(0).map((site) => run('cut-all', { site })));
});

/** A site whose answers the test writes by hand. */
export class Line {
  private constructor(
    readonly src: string,
    readonly site: string,
  ) {}

  static async open({ cors = true } = {}): Promise<Line> {
    const { src, site } = await run('open-line', { cors });
    opened.push(site);
    return new Line(src, site);
  }

  /** The next request of this method whose path contains this, as soon as it is there. */
  async next(method: 'GET' | 'POST' = 'POST', path = ''): Promise<Exchange> {
    return new Exchange(await run('next', { site: this.site, method, path }));
  }

  /** Everything that was asked so far, as "METHOD /path". */
  async requests(): Promise<readonly string[]> {
    return (await run('requests', { site: this.site })).requests;
  }
}

const STREAM = { 'Content-Type': 'text/event-stream; charset=utf-8' };

/** A request of the element, and the answer that the test writes to it. */
export class Exchange {
  readonly path: string;
  /** JSON, where there was any. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly #id: string;

  constructor({ exchange, path, body }: RequestSeen) {
    this.#id = exchange;
    this.path = path;
    this.body = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
  }

  async head(status = 200, headers: Record<string, string> = STREAM): Promise<this> {
    await run('head', { exchange: this.#id, status, headers });
    return this;
  }

  /** The head of a stream that can be resumed, and its `start`. */
  async start(messageId = 'm1', fields: object = {}): Promise<this> {
    await this.v1();
    return this.event({ type: 'start', messageId, protocol: 1, ...fields }, 1);
  }

  /** The head of a stream that can be resumed. */
  v1(): Promise<this> {
    return this.head(200, { ...STREAM, 'Chat-Stream-Version': '1' });
  }

  async write(text: string): Promise<this> {
    await run('write', { exchange: this.#id, text });
    return this;
  }

  event(event: object, id?: number): Promise<this> {
    return this.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);
  }

  token(content: string, id?: number): Promise<this> {
    return this.event({ type: 'token', content }, id);
  }

  /** The terminal event, and the end of the body. */
  async finish(id?: number, fields: object = {}): Promise<void> {
    await this.event({ type: 'end', messageId: 'm1', reason: 'complete', ...fields }, id);
    await this.end();
  }

  async end(): Promise<void> {
    await run('end', { exchange: this.#id });
  }

  async cut(): Promise<void> {
    await run('cut', { exchange: this.#id });
  }

  async answer(status: number, type: string, body: string, headers: Record<string, string> = {}): Promise<void> {
    await this.head(status, { 'Content-Type': type, ...headers });
    await this.write(body);
    await this.end();
  }

  json(status: number, body: object, headers: Record<string, string> = {}): Promise<void> {
    return this.answer(status, 'application/json', JSON.stringify(body), headers);
  }

  problem(status: number, code: string, headers: Record<string, string> = {}): Promise<void> {
    const body = { title: SERVER_WORDS, detail: SERVER_WORDS, error: SERVER_WORDS, status, code, requestId: 'r-1' };
    return this.answer(status, 'application/problem+json', JSON.stringify(body), {
      'Chat-Stream-Version': '1',
      ...headers,
    });
  }

  /** Resolves when the browser has closed the connection. */
  async left(): Promise<void> {
    await run('left', { exchange: this.#id });
  }
}

/** What no visitor may read. */
export const SERVER_WORDS = 'Internal words of the server';

/** The real server, with a responder that says what the test pushes. */
export class Chat {
  private constructor(
    readonly src: string,
    readonly site: string,
  ) {}

  static async open(options: Commands['open-chat'][0] = {}): Promise<Chat> {
    const { src, site } = await run('open-chat', options);
    opened.push(site);
    return new Chat(src, site);
  }

  async requests(): Promise<readonly string[]> {
    return (await run('requests', { site: this.site })).requests;
  }

  /** The next question that reaches the responder. */
  async nextTurn(): Promise<Turn> {
    const { turn, content } = await run('next-turn', { site: this.site });
    return new Turn(turn, content);
  }

  /** Resets every open connection. */
  async cutAll(): Promise<void> {
    await run('cut-all', { site: this.site });
  }
}

/** One reply of the real server, piece by piece. */
export class Turn {
  readonly #turn: string;

  constructor(
    turn: string,
    readonly content: string,
  ) {
    this.#turn = turn;
  }

  async say(...pieces: string[]): Promise<void> {
    await run('push', { turn: this.#turn, pieces });
  }

  async finish(): Promise<void> {
    await run('finish', { turn: this.#turn });
  }

  async fail(): Promise<void> {
    await run('fail', { turn: this.#turn, words: SERVER_WORDS });
  }

  /** Resolves when the server wants no more of it. */
  async aborted(): Promise<void> {
    await run('aborted', { turn: this.#turn });
  }
}
