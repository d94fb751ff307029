import { join } from 'node:path';
import { createChatServer } from 'chat-stream-server';
import { sqliteLog } from 'chat-stream-server/sqlite';
import { token, Upstream } from './upstream.mjs';

/** The real server, all its guarantees on: what a site runs, with a responder that hands on what a model sends. */
export async function serveChatStream({ intervalMs, flood, thinkMs = 0, folder }) {
  const upstream = new Upstream(intervalMs);
  const silent = () => {};
  const chat = createChatServer({
    respond: flood ? floods : (turn) => tokensOf(upstream, turn.signal, thinkMs),
    ...(folder && { log: sqliteLog({ file: join(folder, 'chat.db') }) }),
    logger: { info: silent, warn: silent, error: silent },
    maxRunning: 20_000,
    orphanTimeoutMs: Infinity,
    maxReplyLength: flood ? 4_000_000 : 200_000,
  });
  return chat.listen();
}

/** What an adapter to a model's socket is: an iterator that waits for the next token, and no generator. */
function tokensOf(upstream, signal, thinkMs) {
  const queue = [];
  let wake;
  let isOver = signal.aborted;
  const settle = () => {
    if (!wake) return;
    const resolve = wake;
    wake = undefined;
    resolve(isOver ? { done: true, value: undefined } : { done: false, value: queue.shift() });
  };
  let unsubscribe = () => {};
  const begin = () => {
    unsubscribe = upstream.subscribe(() => {
      queue.push(token());
      settle();
    });
  };
  if (thinkMs > 0) setTimeout(begin, thinkMs);
  else begin();
  const end = () => {
    isOver = true;
    unsubscribe();
    settle();
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve) => {
          wake = resolve;
          if (queue.length > 0 || isOver) settle();
        }),
      return: async () => {
        end();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** A model that sends 2 MB as fast as it can. */
async function* floods() {
  const piece = token().repeat(18);
  for (let length = 0; length < 2_000_000; length += piece.length) {
    yield piece;
    if (length % (100 * piece.length) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
