import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import express from 'express';
import { token, Upstream } from './upstream.mjs';

const HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' };
const frame = () => `data: {"type":"token","content":"${token()}"}\n\n`;
const fromPeers = createRequire(new URL('../peers/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(fromPeers.resolve(name)).href);

/**
 * Calls `give` in time until the response is closed: with a timer of its own, as most handlers do. Its first call comes
 * anywhere in the interval: streams that were opened at once would otherwise be written in one turn for good, and wake
 * server and readers once for all of them, which no model's words do.
 */
function everyInterval(response, intervalMs, give) {
  if (intervalMs === 0) return;
  let timer = setTimeout(() => {
    timer = setInterval(() => give(), intervalMs);
  }, Math.random() * intervalMs);
  response.on('close', () => clearTimeout(timer));
}

const listen = (server) =>
  new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
      resolve(`http://127.0.0.1:${server.address().port}`),
    );
  });

/** The same tokens by other ways, none of which stores, resumes or bounds anything. */
export const PEERS = {
  'node:http, a timer a stream': ({ intervalMs }) =>
    listen(
      createServer((request, response) => {
        request.resume();
        response.writeHead(200, HEADERS);
        response.flushHeaders();
        everyInterval(response, intervalMs, () => response.write(frame()));
      }),
    ),

  'node:http, one timer': ({ intervalMs }) => {
    const upstream = new Upstream(intervalMs);
    return listen(
      createServer((request, response) => {
        request.resume();
        response.writeHead(200, HEADERS);
        response.flushHeaders();
        response.on(
          'close',
          upstream.subscribe(() => response.write(frame())),
        );
      }),
    );
  },

  'Express 5': ({ intervalMs }) => {
    const app = express();
    app.post('/sessions/:session/messages/stream', express.json(), (_request, response) => {
      response.set(HEADERS);
      response.flushHeaders();
      everyInterval(response, intervalMs, () => response.write(frame()));
    });
    return listen(createServer(app));
  },

  'better-sse': async ({ intervalMs }) => {
    const { createSession } = await load('better-sse');
    const app = express();
    app.post('/sessions/:session/messages/stream', express.json(), async (request, response) => {
      const session = await createSession(request, response);
      everyInterval(response, intervalMs, () => session.push({ type: 'token', content: token() }, 'message'));
    });
    return listen(createServer(app));
  },

  'AI SDK': async ({ intervalMs }) => {
    const { createUIMessageStream, pipeUIMessageStreamToResponse } = await load('ai');
    const app = express();
    app.post('/sessions/:session/messages/stream', express.json(), (_request, response) => {
      const stream = createUIMessageStream({
        execute: ({ writer }) =>
          new Promise((resolve) => {
            writer.write({ type: 'text-start', id: '0' });
            everyInterval(response, intervalMs, () => writer.write({ type: 'text-delta', id: '0', delta: token() }));
            response.on('close', resolve);
          }),
      });
      pipeUIMessageStreamToResponse({ stream, response });
    });
    return listen(createServer(app));
  },
};
