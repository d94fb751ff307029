/** The thread that reads pages, one after the other: see page-process. */
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { PageAnswer } from './page-reader.js';
import { type PageFile, passagesIn } from './read-page.js';

if (!parentPort) throw new Error('This module is run by page-process, in a thread of its own.');
const port = parentPort;
port.on('message', (page: PageFile) => port.postMessage(answerTo(page)));

function answerTo(page: PageFile): PageAnswer {
  try {
    return { passages: passagesIn(page, readFileSync(page.file)) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
