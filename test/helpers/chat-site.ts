import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { type ChatServerOptions, createChatServer, createLogger } from 'chat-stream-server';
import { ScriptedResponder } from './scripted-responder.js';

const SCRIPT = readFileSync(new URL('../../widget/dist/chat-stream.js', import.meta.url), 'utf8');

export interface SiteRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** On `performance.now()` of this process. */
  readonly atMs: number;
}

export interface ChatSite {
  readonly url: string;
  /** The page with the chat. Attributes of the element are its query. */
  page(attributes?: Readonly<Record<string, string>>): string;
  readonly responder: ScriptedResponder;
  /** What the chat's endpoints were asked so far. */
  readonly requests: readonly SiteRequest[];
  /** Requests that are not answered to the end. */
  readonly open: ReadonlySet<ServerResponse>;
  /** Resets the connection of every open request. */
  cutAll(): void;
  /** From now on nothing more comes on the open requests, and nobody says so, as on a line that was lost in sleep. */
  silenceAll(): void;
  close(): Promise<void>;
}

/** A real server whose answers are in the test's hands, and a site of two pages: one with the chat, one without. */
export async function startChatSite(options: Partial<ChatServerOptions> = {}): Promise<ChatSite> {
  const responder = new ScriptedResponder();
  const requests: SiteRequest[] = [];
  const open = new Set<ServerResponse>();
  const chat = createChatServer({
    respond: responder.respond,
    prefix: '/chat',
    retryMs: 20,
    logger: createLogger('silent'),
    ...options,
    extend: (app) => {
      app.get('/chat-stream.js', (_request, response) => void response.type('js').send(SCRIPT));
      app.get('/other', (_request, response) => void response.send('<!doctype html><title>other</title>'));
      app.get('/page', ({ query }, response) => {
        const attributes = Object.entries(query).map(([name, value]) =>
          typeof value === 'string' ? ` ${name}="${value}"` : '',
        );
        response.send(`<!doctype html><title>chat</title><meta name="viewport" content="width=device-width, initial-scale=1">
          <script src="/chat-stream.js"></script>
          <div id="first"><chat-stream src="/chat"${attributes.join('')}></chat-stream></div><div id="second"></div>`);
      });
    },
  });
  chat.server.prependListener('request', (request, response: ServerResponse) => {
    const { method = '', url: path = '' } = request;
    if (!path.startsWith('/chat/')) return;
    requests.push({ method, path, atMs: performance.now() });
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  const url = await chat.listen();
  return {
    url,
    page: (attributes = {}) => `${url}/page?${new URLSearchParams(attributes).toString()}`,
    responder,
    requests,
    open,
    cutAll: () => {
      for (const response of open) response.socket?.resetAndDestroy();
    },
    silenceAll: () => {
      for (const response of open) {
        Object.assign(response, { write: () => true, end: () => response });
        // A stream that has begun is written to its socket; of one that has not, the head still leaves.
        if (response.headersSent && response.socket) Object.assign(response.socket, { write: () => true });
      }
    },
    close: () => {
      chat.server.closeAllConnections();
      return chat.close(0);
    },
  };
}

/** Requests of one kind, e.g. `POST` that store a message. */
export const asked = ({ requests }: ChatSite, method: string, path = ''): readonly SiteRequest[] =>
  requests.filter((request) => request.method === method && request.path.includes(path));
