import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { createChatServer } from '../../server/src/server.js';
import type { ChatServer, ChatServerOptions } from '../../server/src/server.js';
import { FakeClock } from './fake-clock.js';
import { json, postJson, StreamClient, V1 } from './http.js';
import { ScriptedResponder } from './scripted-responder.js';

export interface Snapshot {
  readonly data: readonly {
    readonly id: string;
    readonly role: string;
    readonly content: string;
    readonly status: string;
    readonly lastEventId: number;
    readonly [field: string]: unknown;
  }[];
  readonly lastEventId: number;
  readonly activeMessageId?: string;
  readonly hasMore: boolean;
}

interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A real server on a free port, with time and answers in the test's hands. */
export class Chat {
  readonly clock = new FakeClock(Date.UTC(2026, 0, 1));
  readonly responder: ScriptedResponder;
  /** What was logged, but for the line each request gets: those are in `requests`. */
  readonly logged: LogLine[] = [];
  readonly requests: object[] = [];
  /** Responses that are open at this moment. */
  readonly open = new Set<ServerResponse>();
  readonly server: ChatServer;
  /** Where the endpoints are: a prefix too, so that paths in answers are seen to have it. */
  url = '';

  constructor({ responder = new ScriptedResponder(), ...options }: ChatOptions) {
    this.responder = responder;
    const write = (level: LogLine['level']) => (fields: object, message: string) => {
      if (message === 'request') this.requests.push(fields);
      else this.logged.push({ level, fields, message });
    };
    this.server = createChatServer({
      respond: responder.respond,
      clock: this.clock,
      logger: { info: write('info'), warn: write('warn'), error: write('error') },
      prefix: '/chat',
      ...options,
    });
    this.server.server.on('request', (_request, response) => {
      this.open.add(response);
      response.once('close', () => this.open.delete(response));
    });
  }

  messages(session: string): string {
    return `${this.url}/sessions/${session}/messages`;
  }

  reply(session: string, messageId: unknown, action = 'stream'): string {
    return `${this.messages(session)}/${String(messageId)}/${action}`;
  }

  /** Asks for a reply as a v1 client does, and reads up to its `start`. */
  async ask(session: string, body: object | string = 'Hello', headers: Record<string, string> = V1) {
    const stream = await StreamClient.open(`${this.messages(session)}/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(typeof body === 'string' ? { content: body } : body),
    });
    const start = await stream.event();
    return { stream, start, messageId: String(start?.messageId) };
  }

  /** Has a whole reply made, and returns its id. */
  async answered(session: string, text = 'Fine.', body: object | string = 'Hello'): Promise<string> {
    const index = this.responder.calls.length;
    const { stream, messageId } = await this.ask(session, body);
    const call = await this.responder.call(index);
    call.push(text);
    call.end();
    await stream.rest();
    return messageId;
  }

  resume(session: string, messageId: unknown, after?: number): Promise<StreamClient> {
    return StreamClient.open(`${this.reply(session, messageId)}${after === undefined ? '' : `?after=${after}`}`);
  }

  stop(session: string, messageId: unknown, query = ''): Promise<Response> {
    return postJson(`${this.reply(session, messageId, 'stop')}${query}`);
  }

  async snapshot(session: string, query = ''): Promise<Snapshot> {
    return json<Snapshot>(await fetch(`${this.messages(session)}${query}`));
  }
}

export type ChatOptions = Partial<Omit<ChatServerOptions, 'respond' | 'clock' | 'logger'>> & {
  readonly responder?: ScriptedResponder;
  readonly respond?: ChatServerOptions['respond'];
};

/** Starts a server for one test; it is gone when the test is over. */
export async function startChat(options: ChatOptions = {}): Promise<Chat> {
  const chat = new Chat(options);
  chat.url = `${await chat.server.listen()}/chat`;
  onTestFinished(async () => {
    const closed = chat.server.close(0);
    await chat.clock.advance(0);
    chat.server.server.closeAllConnections();
    await closed;
  });
  return chat;
}
