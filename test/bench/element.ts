import { askElement, warmElement } from './element-page.js';
import type { Cpu, FreshPages, Tasks } from './fresh-page.js';
import { costOf } from './measure.js';
import { pacedPeer } from './paced.js';
import type { Question } from './question.js';
import { ELEMENT } from './site.js';
import { exponent, median, ratio, size, tableLines, time } from './table.js';
import { replyText, type Shape, SHAPES } from './texts.js';

const PEERS = ['streaming-markdown', 'marked', 'streamdown', 'raw text'] as const;
const LIMIT_MS = 120_000;
/** Times slower than this machine. */
const THROTTLING = 4;
const FAST = 1_000;
/** From what one reads in a minute to what nobody reads. */
const GROWING_LENGTHS = [4_096, 32_768, 262_144, 1_048_576];
const GROWTH_RUNS = 3;

/** The element as a page has it, with its server: a reply at once, and a fast one on a slow machine. */
export const WHOLE_ELEMENT: Question = {
  name: 'element',
  async ask(pages, { isQuick }, print) {
    const bursts = [];
    for (const length of isQuick ? [32_768] : [32_768, 262_144]) {
      bursts.push({ length, ...(await burst(pages, length, isQuick ? 1 : 7)) });
    }
    print('A typical reply as a burst, CPU time: the whole element with its server; the others bare, in one write.');
    print('Aim: 32 KB within 2× streaming-markdown, 256 KB under 400 ms.');
    const rows = bursts.map(({ length, element, peers }) => [
      size(length),
      time(element.totalMs),
      ...PEERS.map((peer) => time(peers[peer] ?? Number.NaN)),
      ratio(element.totalMs, peers['streaming-markdown']),
      `${time(element.scriptMs)} / ${time(element.layoutMs)} / ${time(element.styleMs)}`,
    ]);
    tableLines(['reply', ELEMENT, ...PEERS, 'ratio', 'element: script / layout / style'], rows).forEach(print);

    const growth = isQuick ? [] : await grow(pages);
    if (growth.length > 0) {
      print('');
      print('How the element grows, CPU time with all layout, as a burst. Aim: an exponent of at most 1.1.');
      const cells = growth.map(({ shape, points }) => [
        shape,
        ...points.map(([, cpuMs]) => time(cpuMs)),
        exponent(points).toFixed(2),
      ]);
      tableLines(['reply', ...GROWING_LENGTHS.map(size), 'exponent'], cells).forEach(print);
    }

    const length = isQuick ? 8_192 : 32_768;
    const fast = { tokensPerSecond: FAST, length, runs: isQuick ? 1 : 3 };
    const throttled = {
      [ELEMENT]: await worstElementTask(pages, fast),
      'streaming-markdown': (
        await pacedPeer(pages, 'streaming-markdown', { tokensPerSecond: FAST, length, throttling: THROTTLING })
      ).tasks,
    };
    print('');
    print(`${size(length)} at 1,000 tokens/s on a CPU throttled ${THROTTLING}×. Aim: no task over 50 ms.`);
    const taskRows = Object.entries(throttled).map(([name, { worstMs, long }]) => [name, time(worstMs), String(long)]);
    tableLines(['', 'worst task', 'over 50 ms'], taskRows).forEach(print);
    return { bursts, growth, throttled };
  },
};

/** In turns: a machine that becomes slower becomes so for all. */
async function burst(
  pages: FreshPages,
  length: number,
  runs: number,
): Promise<{ readonly element: Cpu; readonly peers: Readonly<Record<string, number>> }> {
  const text = replyText('typical', length);
  const costs: Cpu[] = [];
  const peerCosts = PEERS.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    costs.push(await elementBurst(pages, 'typical', length));
    for (const [index, peer] of PEERS.entries()) {
      const { cpu } = await costOf(pages, peer, { text, way: 'run', tokenLength: length, capMs: 20_000, runs: 1 });
      peerCosts[index]?.push(cpu.totalMs);
    }
  }
  const middle = (pick: (cpu: Cpu) => number) => median(costs.map(pick));
  return {
    element: {
      totalMs: middle(({ totalMs }) => totalMs),
      scriptMs: middle(({ scriptMs }) => scriptMs),
      layoutMs: middle(({ layoutMs }) => layoutMs),
      styleMs: middle(({ styleMs }) => styleMs),
    },
    peers: Object.fromEntries(PEERS.map((peer, index) => [peer, median(peerCosts[index] ?? [])])),
  };
}

async function elementBurst(pages: FreshPages, shape: Shape, length: number): Promise<Cpu> {
  return pages.use(ELEMENT, LIMIT_MS, async ({ page, measure }) => {
    await warmElement(page);
    return (await measure(() => askElement(page, { shape, length, tokensPerSecond: 0 }))).cpu;
  });
}

type Growth = { readonly shape: Shape; readonly points: readonly (readonly [length: number, cpuMs: number])[] };

async function grow(pages: FreshPages): Promise<readonly Growth[]> {
  const growth: Growth[] = [];
  for (const shape of SHAPES) {
    const points: [number, number][] = [];
    for (const length of GROWING_LENGTHS) {
      const costs: number[] = [];
      for (let run = 0; run < GROWTH_RUNS; run++) costs.push((await elementBurst(pages, shape, length)).totalMs);
      points.push([length, median(costs)]);
    }
    growth.push({ shape, points });
  }
  return growth;
}

/** The run in the middle, by its worst task. */
async function worstElementTask(
  pages: FreshPages,
  {
    length,
    tokensPerSecond,
    runs,
  }: { readonly length: number; readonly tokensPerSecond: number; readonly runs: number },
): Promise<Tasks> {
  const all: Tasks[] = [];
  for (let run = 0; run < runs; run++) {
    all.push(
      await pages.use(ELEMENT, LIMIT_MS, async ({ page, cdp, trace }) => {
        await warmElement(page);
        await cdp.send('Emulation.setCPUThrottlingRate', { rate: THROTTLING });
        return (await trace(() => askElement(page, { shape: 'typical', length, tokensPerSecond }))).tasks;
      }),
    );
  }
  return { worstMs: median(all.map(({ worstMs }) => worstMs)), long: median(all.map(({ long }) => long)) };
}
