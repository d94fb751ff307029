import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchChromium } from '../helpers/browser.js';
import type { PageName, Site } from './site.js';

/** From here on a task is felt (https://www.w3.org/TR/longtasks-1/). */
const LONG_MS = 50;

/** CPU time of a page's main thread, in milliseconds. */
export interface Cpu {
  /** All of its tasks: script, style, layout, painting, collecting garbage. */
  readonly totalMs: number;
  readonly scriptMs: number;
  readonly layoutMs: number;
  readonly styleMs: number;
}

/** Tasks of a page's main thread, in milliseconds of CPU time. */
export interface Tasks {
  readonly worstMs: number;
  /** How many took over 50 ms. */
  readonly long: number;
}

/** A page of which nothing is left from earlier measurements. */
export interface FreshPage {
  readonly page: Page;
  readonly cdp: CDPSession;
  /** What the main thread has spent so far. */
  cpu(): Promise<Cpu>;
  /** What the main thread spends while this runs, and what it answers. */
  measure<T>(job: () => Promise<T>): Promise<{ readonly cpu: Cpu; readonly value: T }>;
  /** The tasks of the main thread while this runs. */
  trace<T>(job: () => Promise<T>): Promise<{ readonly tasks: Tasks; readonly value: T }>;
}

/** A job did not come back in time; its browser is gone. */
export class StuckError extends Error {
  override readonly name = 'StuckError';
}

/** Opens each measurement a page and a process of its own. */
export class FreshPages {
  readonly #site: Site;
  #browser: Promise<Browser> | undefined;

  constructor(site: Site) {
    this.#site = site;
  }

  async version(): Promise<string> {
    return (await this.#open()).version();
  }

  /**
   * Runs a job on a fresh page.
   *
   * @throws {StuckError} where it takes longer than `limitMs`, e.g. in a single write.
   */
  async use<T>(name: PageName, limitMs: number, job: (page: FreshPage) => Promise<T>): Promise<T> {
    const browser = await this.#open();
    const context = await browser.newContext({ viewport: { width: 1_000, height: 700 } });
    const page = await context.newPage();
    await page.goto(this.#site.urlOf(name));
    const cdp = await context.newCDPSession(page);
    // CPU time of the thread: what others do on the machine does not count.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    let timer: NodeJS.Timeout | undefined;
    const stuck = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StuckError(`${name}: no answer within ${limitMs} ms.`)), limitMs);
    });
    try {
      const value = await Promise.race([job(freshPage(browser, page, cdp)), stuck]);
      await context.close();
      return value;
    } catch (error) {
      // A page that is busy can't be closed.
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    await (await browser)?.close();
  }

  #open(): Promise<Browser> {
    this.#browser ??= launchChromium();
    return this.#browser;
  }
}

function freshPage(browser: Browser, page: Page, cdp: CDPSession): FreshPage {
  return {
    page,
    cdp,
    cpu: () => readCpu(cdp),
    async measure(job) {
      await cdp.send('HeapProfiler.collectGarbage');
      const before = await readCpu(cdp);
      const value = await job();
      const after = await readCpu(cdp);
      return {
        value,
        cpu: {
          totalMs: after.totalMs - before.totalMs,
          scriptMs: after.scriptMs - before.scriptMs,
          layoutMs: after.layoutMs - before.layoutMs,
          styleMs: after.styleMs - before.styleMs,
        },
      };
    },
    async trace(job) {
      await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
      const value = await job();
      const tasks = tasksOf(await browser.stopTracing());
      return { value, tasks: { worstMs: Math.max(0, ...tasks), long: tasks.filter((ms) => ms > LONG_MS).length } };
    },
  };
}

async function readCpu(cdp: CDPSession): Promise<Cpu> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const ms = (name: string) => 1_000 * (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN);
  return {
    totalMs: ms('TaskDuration'),
    scriptMs: ms('ScriptDuration'),
    layoutMs: ms('LayoutDuration'),
    styleMs: ms('RecalcStyleDuration'),
  };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Of the thread, in microseconds: without what others do on the machine meanwhile, with what throttling adds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Durations in milliseconds of all tasks of main threads of pages. */
function tasksOf(trace: Buffer): readonly number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const mainThreads = new Set(traceEvents.filter(isMain).map(threadOf));
  return traceEvents
    .filter((event) => event.name === 'RunTask' && mainThreads.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1_000);
}
