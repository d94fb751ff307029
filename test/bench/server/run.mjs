import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
/** At least so long, and so many tokens: before, much of what is used is the compiling of what sends them. */
const WARM_UP_MS = 3_000;
const WARM_UP_TOKENS = 15_000;
/** A collection of all garbage stops a server for a tenth of a second: what that holds up has come by then. */
const SETTLE_MS = 1_500;
/** A server that has not answered so many readers by then can't. */
const LIMIT_MS = 60_000;

/** A process that answers each message with one. */
class Worker {
  #child;

  constructor(name, argument, execArgv = []) {
    this.#child = fork(file(name), [JSON.stringify(argument)], { execArgv });
  }

  /** Its next message. @throws {Error} where it ends instead. */
  next() {
    return new Promise((resolve, reject) => {
      const gone = (code) => reject(new Error(`${this.#child.spawnfile} ended (exit code ${code}).`));
      this.#child.once('exit', gone);
      this.#child.once('message', (message) => {
        this.#child.off('exit', gone);
        resolve(message);
      });
    });
  }

  ask(question = {}) {
    const answer = this.next();
    this.#child.send(question);
    return answer;
  }

  async end() {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/**
 * What a server uses to serve so many streams for a while, by itself: CPU time and memory of its process, tokens that
 * arrived, how late. Undefined where it could not open them all within a minute. `nodeOptions`: flags of its process;
 * `hasFile`: it is given a folder for its store.
 */
export async function run({
  name,
  streams,
  intervalMs,
  measureMs,
  reads = true,
  atOnce,
  nodeOptions = [],
  hasFile = false,
  ...options
}) {
  const folder = hasFile ? mkdtempSync(join(tmpdir(), 'bench-server-')) : undefined;
  const server = new Worker('serve.mjs', { name, intervalMs, folder, ...options }, ['--expose-gc', ...nodeOptions]);
  let readers;
  try {
    const { url } = await server.next();
    const idle = await server.ask({ collects: true });
    readers = new Worker('readers.mjs', { url, streams, reads, atOnce });
    const isOpen = await Promise.race([readers.next(), delay(LIMIT_MS, false, { ref: false })]);
    if (!isOpen) return undefined;
    await delay(Math.max(WARM_UP_MS, (WARM_UP_TOKENS * intervalMs) / streams));
    await server.ask({ collects: true });
    await delay(SETTLE_MS);
    const [used, read] = [await server.ask(), reads ? await readers.ask() : undefined];
    const since = performance.now();
    await delay(measureMs);
    const seconds = (performance.now() - since) / 1_000;
    const [usedThen, readThen] = [await server.ask(), reads ? await readers.ask() : undefined];
    const { memoryBytes } = await server.ask({ collects: true });
    const tokens = read ? readThen.tokens - read.tokens : 0;
    return {
      tokensPerSecond: tokens / seconds,
      cpuShare: (usedThen.cpuMs - used.cpuMs) / seconds / 1_000,
      cpuUsPerToken: (1_000 * (usedThen.cpuMs - used.cpuMs)) / tokens,
      bytesPerToken: read ? (readThen.bytes - read.bytes) / tokens : 0,
      memoryBytesPerStream: (memoryBytes - idle.memoryBytes) / streams,
      memoryBytes,
      lateP50Ms: readThen?.lateP50Ms,
      lateP99Ms: readThen?.lateP99Ms,
      firstP50Ms: read?.firstP50Ms,
      firstP99Ms: read?.firstP99Ms,
    };
  } finally {
    await readers?.end();
    await server.end();
    if (folder) rmSync(folder, { recursive: true });
  }
}
