import type { Browser, Page } from 'playwright-core';

/** A task of a page's main thread. */
export interface Task {
  /** Processor time of this thread, in milliseconds: what other programs take of the machine meanwhile does not count. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The longest things done in it, e.g. `FireAnimationFrame 12 ms`. */
  readonly parts: readonly string[];
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

const TASK = 'ThreadControllerImpl::RunTask';
/** Only the main thread does this. */
const MAIN = 'FireAnimationFrame';
const CATEGORIES = ['devtools.timeline', 'toplevel'];

/** Watches the main thread of a page; the returned function ends that, and tells its tasks. */
export async function watchMainThread(browser: Browser, page: Page): Promise<() => Promise<readonly Task[]>> {
  await browser.startTracing(page, { categories: CATEGORIES });
  return async () => {
    const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
    const { pid, tid } = traceEvents.find(({ name }) => name === MAIN) ?? {};
    const events = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.dur !== undefined);
    const long = events.filter(({ name, dur = 0 }) => name === TASK && dur > 1_000);
    return long.map(({ ts, dur = 0, tdur = dur }) => {
      const inside = events.filter((event) => event.ts >= ts && event.ts < ts + dur && !event.name.includes('RunTask'));
      const parts = inside.toSorted((one, other) => (other.dur ?? 0) - (one.dur ?? 0)).slice(0, 12);
      return {
        cpuMs: tdur / 1_000,
        wallMs: dur / 1_000,
        parts: parts.map((part) => `${part.name} ${((part.dur ?? 0) / 1_000).toFixed(1)} ms`),
      };
    });
  };
}

/** What the tasks took of the processor, in milliseconds, and in one line. */
export function figuresOf(tasks: readonly Task[]) {
  const sorted = tasks.map(({ cpuMs }) => cpuMs).toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const tooLong = tasks.filter(({ cpuMs }) => cpuMs > 50);
  const [worst] = tasks.toSorted((one, other) => other.cpuMs - one.cpuMs);
  return {
    medianMs: at(0.5),
    longestMs: at(1),
    line: `${tasks.length} tasks, median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms (${worst?.parts.slice(0, 4).join(', ')}); ${tooLong.length} over 50 ms, ${tasks.filter(({ wallMs }) => wallMs > 50).length} by the wall`,
  };
}
