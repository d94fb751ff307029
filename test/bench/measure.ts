import { setTimeout as delay } from 'node:timers/promises';
import type { Fed } from './bench-page.js';
import { type Cpu, type FreshPage, type FreshPages, StuckError } from './fresh-page.js';
import { TOKEN_LENGTH } from './responder.js';
import type { PageName } from './site.js';
import { median } from './table.js';
import { replyText } from './texts.js';

/** What a renderer reads before it is measured: another reply of every kind of block. */
const WARM_UP = replyText('typical', 8_192, 7);

export interface Cost {
  readonly cpu: Cpu;
  readonly worstMs: number;
  readonly writeMs: number;
  /** Below 1 where it was ended early: it costs more than this. */
  readonly share: number;
  readonly runs: number;
}

export interface CostOptions {
  readonly text: string;
  /** How the tokens come; see BenchPage. */
  readonly way: 'feed' | 'run';
  /** Default {@link TOKEN_LENGTH}. */
  readonly tokenLength?: number;
  /** Default 1. */
  readonly replies?: number;
  /** Ends early after so much CPU time. */
  readonly capMs: number;
  /** At most so many runs, of which the median counts; a renderer that is slow has fewer. */
  readonly runs: number;
}

/** So much CPU time all runs of one case may take; the first one ends by its cap. */
const CASE_MS = 2_000;

/** What one reply costs a renderer that is warm, in a fresh page for each run. */
export async function costOf(pages: FreshPages, name: PageName, options: CostOptions): Promise<Cost> {
  const costs: Cost[] = [];
  let spentMs = 0;
  while (costs.length < options.runs && spentMs < CASE_MS) {
    const cost = await oneRun(pages, name, options);
    costs.push(cost);
    spentMs += cost.cpu.totalMs;
  }
  const middle = (pick: (cost: Cost) => number) => median(costs.map(pick));
  return {
    cpu: {
      totalMs: middle(({ cpu }) => cpu.totalMs),
      scriptMs: middle(({ cpu }) => cpu.scriptMs),
      layoutMs: middle(({ cpu }) => cpu.layoutMs),
      styleMs: middle(({ cpu }) => cpu.styleMs),
    },
    worstMs: middle(({ worstMs }) => worstMs),
    writeMs: middle(({ writeMs }) => writeMs),
    share: Math.min(...costs.map(({ share }) => share)),
    runs: costs.length,
  };
}

async function oneRun(pages: FreshPages, name: PageName, options: CostOptions): Promise<Cost> {
  const { text, way, tokenLength = TOKEN_LENGTH, replies = 1, capMs } = options;
  try {
    return await pages.use(name, SLOWDOWN * capMs + STUCK_MS, async (fresh) => {
      await drive(fresh, WARM_UP, 'feed', { tokenLength: 64, capMs, replies: 1 });
      await fresh.page.evaluate((reply) => {
        if (bench) bench.text = reply;
      }, text);
      const { cpu, value } = await fresh.measure(() => drive(fresh, undefined, way, { tokenLength, capMs, replies }));
      if (value.shown === 0) throw new Error(`${name} shows nothing.`);
      return { cpu, worstMs: value.worstMs, writeMs: value.writeMs, share: value.fed / text.length, runs: 1 };
    });
  } catch (error) {
    if (!(error instanceof StuckError)) throw error;
    // In a single write: nobody could tell it to end.
    const cpu = { totalMs: capMs, scriptMs: capMs, layoutMs: 0, styleMs: 0 };
    return { cpu, worstMs: capMs, writeMs: capMs, share: 0, runs: 1 };
  }
}

/** On a busy machine a second of CPU time takes several by the clock. */
const SLOWDOWN = 10;
const STUCK_MS = 20_000;
/** So often the page is asked whether it has used up its time. */
const WATCH_MS = 500;

/** Has the page draw a reply: a new one, or the one it was given. Ends it when its CPU time is used up. */
async function drive(
  { page, cpu }: FreshPage,
  text: string | undefined,
  way: 'feed' | 'run',
  options: { readonly tokenLength: number; readonly capMs: number; readonly replies: number },
): Promise<Fed> {
  const { totalMs } = await cpu();
  const drawn = page.evaluate(
    ([reply, chosen, given]) => {
      if (!bench) throw new Error('The page has no renderer: its script did not run.');
      bench.text = reply ?? bench.text;
      bench.isOver = false;
      return bench[chosen]({ ...given, capMs: 4 * given.capMs });
    },
    [text, way, options] as const,
  );
  for (;;) {
    const isDrawn = await Promise.race([drawn.then(() => true), delay(WATCH_MS, false)]);
    if (isDrawn) return drawn;
    if ((await cpu()).totalMs - totalMs < options.capMs) continue;
    await page.evaluate(() => {
      if (bench) bench.isOver = true;
    });
    return drawn;
  }
}
