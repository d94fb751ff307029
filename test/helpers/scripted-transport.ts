import type { ChatEvent, Message, Snapshot } from '../../widget/src/protocol/index.js';
import {
  ChatError,
  type Connectivity,
  type ConnectivityChange,
  Conversation,
  type HistoryPage,
  type Received,
  type ReplyPhase,
  type ReplyRequest,
  ReplyStream,
  type ReplyStreamOptions,
  RetryBudget,
  type RetryPolicy,
  type StopResult,
  type Transport,
  type Vote,
} from '../../widget/src/reply/index.js';
import { FakeClock, settle } from './fake-clock.js';

/** One stream under the test's hand. Everything it does has been taken in when its promise resolves. */
export class ScriptedConnection {
  isOpen = true;
  readonly #steps: (readonly Received[] | ChatError | 'end')[] = [];
  #wake: () => void = () => {};

  constructor(
    readonly sessionId: string,
    readonly request: ReplyRequest,
    readonly signal: AbortSignal,
  ) {}

  /** One read from the network. */
  batch(...received: Received[]): Promise<void> {
    return this.#add(received);
  }

  opened(v1 = true): Promise<void> {
    return this.batch({ kind: 'opened', v1 });
  }

  event(event: ChatEvent, id?: number): Promise<void> {
    return this.batch(id === undefined ? { kind: 'event', event } : { kind: 'event', event, id });
  }

  start(id?: number, fields: object = { protocol: 1 }): Promise<void> {
    return this.event({ type: 'start', messageId: 'm1', ...fields }, id);
  }

  token(content: string, id?: number): Promise<void> {
    return this.event({ type: 'token', content }, id);
  }

  end(id?: number, fields: object = {}): Promise<void> {
    return this.event({ type: 'end', messageId: 'm1', ...fields }, id);
  }

  /** The body ends, whether the reply has or not. */
  close(): Promise<void> {
    return this.#add('end');
  }

  fail(failure: ChatError): Promise<void> {
    return this.#add(failure);
  }

  async *batches(): AsyncGenerator<readonly Received[]> {
    const wake = () => this.#wake();
    this.signal.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        if (this.signal.aborted) throw new ChatError('aborted', 'Left.');
        const step = this.#steps.shift();
        if (step === 'end') return;
        if (step instanceof ChatError) throw step;
        if (step) yield step;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.signal.removeEventListener('abort', wake);
      this.isOpen = false;
    }
  }

  #add(step: readonly Received[] | ChatError | 'end'): Promise<void> {
    this.#steps.push(step);
    this.#wake();
    return settle();
  }
}

/** A plain request that waits for the test to answer it. */
interface Asked<T> {
  readonly of: string;
  answer(value: T): Promise<void>;
  refuse(failure: ChatError): Promise<void>;
}

/** A way to a server that does what the test says, and remembers what it was asked. */
export class ScriptedTransport implements Transport {
  readonly connections: ScriptedConnection[] = [];
  readonly stops: Asked<StopResult>[] = [];
  readonly histories: Asked<Snapshot>[] = [];
  readonly repeats: Asked<boolean>[] = [];
  readonly votes: Asked<void>[] = [];

  /** The newest connection. */
  get last(): ScriptedConnection {
    const connection = this.connections.at(-1);
    if (!connection) throw new Error('No connection was opened yet.');
    return connection;
  }

  open(sessionId: string, request: ReplyRequest, signal: AbortSignal): AsyncIterable<readonly Received[]> {
    const connection = new ScriptedConnection(sessionId, request, signal);
    this.connections.push(connection);
    return connection.batches();
  }

  stop(_sessionId: string, messageId: string, length: number): Promise<StopResult> {
    return ask(this.stops, `${messageId} ${length}`);
  }

  history(sessionId: string, signal: AbortSignal, { before }: Partial<HistoryPage> = {}): Promise<Snapshot> {
    return ask(this.histories, before === undefined ? sessionId : `${sessionId} before ${before}`, signal);
  }

  feedback(_sessionId: string, messageId: string, { rating }: Vote): Promise<void> {
    return ask(this.votes, `${messageId} ${rating}`);
  }

  mayRepeat(signal: AbortSignal): Promise<boolean> {
    return ask(this.repeats, 'config', signal);
  }
}

function ask<T>(list: Asked<T>[], of: string, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new ChatError('aborted', 'Left.'));
    signal?.addEventListener('abort', leave, { once: true });
    const settled = (act: () => void) => {
      signal?.removeEventListener('abort', leave);
      act();
      return settle();
    };
    list.push({
      of,
      answer: (value) => settled(() => resolve(value)),
      refuse: (failure) => settled(() => reject(failure)),
    });
  });
}

/** A page whose network and visibility the test decides. */
export class ScriptedConnectivity implements Connectivity {
  online = true;
  readonly listeners = new Set<(change: ConnectivityChange) => void>();

  subscribe(listener: (change: ConnectivityChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The network comes or goes, and the page is told. */
  turn(online: boolean): Promise<void> {
    this.online = online;
    return this.tell(online ? 'online' : 'offline');
  }

  /** The page is shown again. */
  wake(): Promise<void> {
    return this.tell('shown');
  }

  tell(change: ConnectivityChange): Promise<void> {
    for (const listener of new Set(this.listeners)) listener(change);
    return settle();
  }
}

export const networkFailure = (): ChatError => new ChatError('network', 'Unreachable.', { retryable: true });

/** A refusal before the stream. */
export const refusal = (code: ChatError['code'], status: number, options: object = {}): ChatError =>
  new ChatError(code, `Answered ${status}.`, { status, ...options });

export const snapshotOf = (data: readonly Message[], activeMessageId?: string): Snapshot => ({
  data,
  lastEventId: Math.max(0, ...data.map(({ lastEventId }) => lastEventId)),
  ...(activeMessageId !== undefined && { activeMessageId }),
  hasMore: false,
});

/** A stored question and its answer. */
export const exchange = (key: string, question: string, answer: Partial<Message> & { readonly id: string }) => {
  const user: Message = {
    id: `u-${key}`,
    role: 'user',
    content: question,
    status: 'complete',
    createdAt: '2026-01-01T00:00:00.000Z',
    clientMessageId: key,
    lastEventId: 1,
  };
  const assistant: Message = { ...user, role: 'assistant', content: '', parentId: user.id, lastEventId: 9, ...answer };
  return [user, assistant] as const;
};

/** A reply whose time, chance, network and server are the test's. `texts` and `phases` are all that a view ever saw. */
export function scriptedReply(options: Partial<ReplyStreamOptions> = {}) {
  const clock = new FakeClock();
  const transport = new ScriptedTransport();
  const connectivity = new ScriptedConnectivity();
  const warnings: string[] = [];
  const texts: string[] = [];
  const phases: ReplyPhase[] = [];
  const reply = new ReplyStream({
    transport,
    clock,
    connectivity,
    sessionId: 'session-0123456789',
    request: { kind: 'send', message: { content: 'Hello', clientMessageId: 'key-1' } },
    random: () => 0.5,
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  reply.subscribe(() => {
    if (texts.at(-1) !== reply.text) texts.push(reply.text);
    if (phases.at(-1) !== reply.phase) phases.push(reply.phase);
  });
  return { clock, transport, connectivity, reply, warnings, texts, phases };
}

/** A reply that has said "one " and "two " to a v1 client; ids 1 to 3. */
export async function runningReply(options: Partial<ReplyStreamOptions> = {}) {
  const bench = scriptedReply(options);
  const over = bench.reply.run();
  const { last } = bench.transport;
  await last.opened();
  await last.start(1);
  await last.token('one ', 2);
  await last.token('two ', 3);
  return { ...bench, over };
}

/** A conversation whose time, chance, network and server are the test's. */
export function scriptedConversation(policy: RetryPolicy = { maxAttempts: 8, maxOnlineMs: 120_000 }) {
  const transport = new ScriptedTransport();
  const clock = new FakeClock();
  const connectivity = new ScriptedConnectivity();
  const warnings: string[] = [];
  const budget = new RetryBudget(clock);
  const conversation = new Conversation({
    transport: () => transport,
    sessionId: 'session-0123456789',
    clock,
    connectivity,
    random: () => 0.5,
    policy: () => policy,
    budget,
    onWarning: (message) => warnings.push(message),
  });
  return {
    transport,
    clock,
    connectivity,
    budget,
    conversation,
    warnings,
    /** The newest turn, as a view sees it. */
    last() {
      const turn = conversation.turns.at(-1);
      if (!turn) throw new Error('There is no turn.');
      return turn;
    },
    shown: () => conversation.turns.map(({ question, reply }) => `${question} · ${reply.phase} · ${reply.text}`),
    /** The message of the newest request. */
    sent() {
      const { request } = transport.last;
      if (request.kind !== 'send') throw new Error(`The newest request is to ${request.kind}.`);
      return request.message;
    },
    /** Asks, and has it answered. */
    async answered(question: string, answer: string) {
      const over = conversation.send(question);
      await transport.last.opened();
      await transport.last.start(1);
      await transport.last.token(answer, 2);
      await transport.last.end(3);
      return over;
    },
  };
}
