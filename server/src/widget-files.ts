import { createRequire } from 'node:module';
import path from 'node:path';
import express from 'express';

/**
 * A router that serves the element: `/chat-stream.js`, and beside it `/highlight/` and `/languages/`, which that file
 * fetches when a reply has code, and when a page is not in English. They are the only files that pages of any origin may load (CORP, CORS).
 * @throws {Error} `MODULE_NOT_FOUND` where the package `chat-stream` is not installed beside this one.
 */
export function widgetFiles(): express.Router {
  const folder = path.dirname(createRequire(import.meta.url).resolve('chat-stream/chat-stream.js'));
  const files = express.static(folder, { index: false, redirect: false });
  const router = express.Router();
  router.get(['/chat-stream.js', '/highlight/:file', '/languages/:file'], (request, response, next) => {
    response.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' });
    files(request, response, next);
  });
  return router;
}
