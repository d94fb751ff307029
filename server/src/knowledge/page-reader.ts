import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Clock } from '../clock.js';
import type { Passage } from './page.js';
import type { PageFile } from './read-page.js';

/** What the process answers of a page. */
export type PageAnswer = { readonly passages: readonly Passage[] } | { readonly failure: string };

/** What one page may take: for a megabyte of ordinary text the parsers need three to seven seconds of a busy core, and 250 MB. */
export interface PageLimits {
  readonly maxReadMs: number;
  /** Of the process's heap, in MiB. */
  readonly maxHeapMb: number;
}

const LIMITS: PageLimits = { maxReadMs: 30_000, maxHeapMb: 512 };

const WAY_OUT = 'Split it into smaller pages, or move it out of the folder.';

/**
 * Reads pages in a process of its own, so that no page holds up the replies that run, or ends the server: the parsers' work
 * for an odd one (a hundred thousand rows, a quotation within a hundred others) takes seconds or hours, and gigabytes. What
 * takes too long, or too much memory, is given up.
 */
export class PageReader {
  readonly #clock: Clock;
  readonly #limits: PageLimits;
  #child: ChildProcess | undefined;

  constructor(clock: Clock, limits: PageLimits = LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * The passages of a page. One at a time; begins the process where there is none.
   * @throws {Error} whose sentence says what is wrong with the page; where the signal aborts, its reason.
   */
  async read(page: PageFile, signal: AbortSignal): Promise<readonly Passage[]> {
    signal.throwIfAborted();
    const { maxReadMs, maxHeapMb } = this.#limits;
    if (this.#child?.connected !== true) this.#child = startProcess(maxHeapMb);
    const child = this.#child;
    const over = new AbortController();
    const tooLate = new Error(`It took more than ${maxReadMs / 1_000} s to read. ${WAY_OUT}`);
    const cancel = this.#clock.after(maxReadMs, () => over.abort(tooLate));
    const ending = AbortSignal.any([signal, over.signal]);
    let answer: PageAnswer;
    try {
      child.send(page);
      const answered = once(child, 'message', { signal: ending });
      const left = once(child, 'exit', { signal: ending }).then(([code, killedBy]: unknown[]) => {
        const how = typeof killedBy === 'string' ? killedBy : `code ${String(code)}`;
        throw new Error(
          `The process that read it ended (${how}), as for want of memory: it may have ${maxHeapMb} MiB. ${WAY_OUT}`,
        );
      });
      // What the process sends is what its answer is declared to be.
      [answer] = (await Promise.race([answered, left])) as [PageAnswer];
    } catch (failure) {
      this.rest();
      ending.throwIfAborted();
      throw failure;
    } finally {
      cancel();
      over.abort();
    }
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.passages;
  }

  /** Ends the process, and what it is at; the next page begins another. */
  rest(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function startProcess(maxHeapMb: number): ChildProcess {
  // By the package's own name for it, so that it is found from the sources too: there it has to be built.
  const file = createRequire(import.meta.url).resolve('#page-process');
  const child = fork(file, {
    // None of the options of this process's own program, such as --input-type.
    execArgv: [`--max-old-space-size=${maxHeapMb}`],
    // V8 would fill the server's log with how its memory ran out.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Whoever waits for a page is told. But where nobody hears of an error, the process ends.
  child.on('error', () => {});
  return child;
}
