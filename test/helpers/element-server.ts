import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Commands } from './element-commands.js';
import { Chat, type Exchange, Line } from './element-site.js';
import type { ScriptedCall } from './scripted-responder.js';

export interface ElementServer {
  /** @throws {Error} where there is no such command, site, exchange or turn. */
  run(command: string, argument: unknown): Promise<object>;
  close(): Promise<void>;
}

type Handlers = {
  readonly [C in keyof Commands]: (argument: Commands[C][0]) => Commands[C][1] | Promise<Commands[C][1]>;
};

/** The server of the element tests, on a free port: sites of which each test opens its own. */
export async function startElementServer(): Promise<ElementServer> {
  const lines = new Map<string, Line>();
  const chats = new Map<string, Chat>();
  const exchanges = new Map<string, Exchange>();
  const turns = new Map<string, ScriptedCall>();

  const app = express();
  app.use('/line/:site', (request, response) => find(lines, request.params.site).handle(request, response));
  app.use('/real/:site', (request, response, next) => find(chats, request.params.site).handle(request, response, next));
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = <T>(sites: Map<string, T>, folder: string, newSite: T) => {
    const site = randomUUID();
    sites.set(site, newSite);
    return { site, src: `http://127.0.0.1:${port}/${folder}/${site}` };
  };
  const siteNamed = (site: string) => lines.get(site) ?? find(chats, site);

  const handlers: Handlers = {
    'open-line': ({ cors }) => open(lines, 'line', new Line(cors)),
    'open-chat': (options) => open(chats, 'real', new Chat(options)),
    requests: ({ site }) => ({ requests: siteNamed(site).requests }),
    async next({ site, method, path }) {
      const exchange = await find(lines, site).next(method, path);
      exchanges.set(exchange.id, exchange);
      return exchange.seen;
    },
    head: ({ exchange, status, headers }) => done(find(exchanges, exchange).head(status, headers)),
    write: ({ exchange, text }) => done(find(exchanges, exchange).write(text)),
    end: ({ exchange }) => done(find(exchanges, exchange).end()),
    cut: ({ exchange }) => done(find(exchanges, exchange).cut()),
    left: async ({ exchange }) => done(await find(exchanges, exchange).left),
    async 'next-turn'({ site }) {
      const call = await find(chats, site).nextTurn();
      const turn = randomUUID();
      turns.set(turn, call);
      return { turn, content: call.turn.message.content };
    },
    push: ({ turn, pieces }) => done(find(turns, turn).push(...pieces)),
    finish: ({ turn }) => done(find(turns, turn).end()),
    fail: ({ turn, words }) => done(find(turns, turn).fail(new Error(words))),
    async aborted({ turn }) {
      const { signal } = find(turns, turn).turn;
      if (!signal.aborted) await once(signal, 'abort');
      return {};
    },
    'cut-all': ({ site }) => done(siteNamed(site).cutAll()),
  };

  return {
    async run(command, argument) {
      const handle = handlers[command as keyof Commands] as ((argument: unknown) => Promise<object>) | undefined;
      if (!handle) throw new Error(`There is no command "${command}". See element-commands.ts.`);
      return handle(argument);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all([...chats.values()].map((chat) => chat.close()));
    },
  };
}

const done = (_result: void): object => ({});

function find<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id);
  if (!found) throw new Error(`The test's server has nothing named ${id}.`);
  return found;
}
