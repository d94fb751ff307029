/**
 * The process that reads pages, for PageReader. A process, since one that runs out of memory ends alone; a thread within it,
 * so that it notices at once when the server is gone, however long a parser is at a page.
 */
import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PageAnswer } from './page-reader.js';
import type { PageFile } from './read-page.js';

try {
  // Where cores are few, the replies that run come first. The thread inherits it.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A system that does not let it has the pages read all the same.
}
const thread = new Worker(new URL('./page-worker.js', import.meta.url));
thread.on('message', (answer: PageAnswer) => process.send?.(answer));
process.on('message', (page: PageFile) => thread.postMessage(page, []));
process.on('disconnect', () => process.exit());
// What a terminal sends to all of them is for the server, which ends this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
