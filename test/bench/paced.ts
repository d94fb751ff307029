import { askElement, warmElement } from './element-page.js';
import type { Cpu, FreshPages, Tasks } from './fresh-page.js';
import type { Question } from './question.js';
import { TOKEN_LENGTH } from './responder.js';
import { ELEMENT, type PageName } from './site.js';
import { ratio, size, tableLines, time } from './table.js';
import { replyText } from './texts.js';

const PEERS = ['streaming-markdown', 'streamdown', 'marked', 'deep-chat', 'raw text'] as const;
const TOKENS_PER_SECOND = 200;
const COMMIT_MS = 50;
const WARM_UP = replyText('typical', 8_192, 7);

interface Paced {
  readonly cpu: Cpu;
  readonly tasks: Tasks;
}

/** A reply as a model writes it, in real time. */
export const PACED: Question = {
  name: 'paced',
  async ask(pages, { isQuick }, print) {
    const length = isQuick ? 2_048 : 32_768;
    const results: Record<string, Paced> = { [ELEMENT]: await pacedElement(pages, length) };
    for (const peer of PEERS) {
      results[peer] = await pacedPeer(pages, peer, { length, tokensPerSecond: TOKENS_PER_SECOND, throttling: 1 });
    }
    print(
      `A typical reply of ${size(length)} at ${TOKENS_PER_SECOND} tokens/s, in real time; CPU time of the main thread.`,
    );
    print(
      'The element with its server, streaming; the others bare, committed every 50 ms (deep-chat: the whole chat).',
    );
    print('Aim: the element for no more than streaming-markdown.');
    const reference = results['streaming-markdown']?.cpu.totalMs;
    const rows = Object.entries(results).map(([name, { cpu, tasks }]) => [
      name,
      time(cpu.totalMs),
      ratio(cpu.totalMs, reference),
      time(cpu.scriptMs),
      time(cpu.layoutMs),
      time(cpu.styleMs),
      time(tasks.worstMs),
    ]);
    tableLines(['', 'CPU', 'ratio', 'script', 'layout', 'style', 'worst task'], rows).forEach(print);
    return results;
  },
};

function pacedElement(pages: FreshPages, length: number): Promise<Paced> {
  return pages.use(ELEMENT, 600_000, async ({ page, measure, trace }) => {
    await warmElement(page);
    const order = { shape: 'typical', length, tokensPerSecond: TOKENS_PER_SECOND } as const;
    const { cpu, value } = await measure(() => trace(() => askElement(page, order)));
    return { cpu, tasks: value.tasks };
  });
}

export interface PacedOptions {
  readonly length: number;
  readonly tokensPerSecond: number;
  /** Times slower than this machine; 1 for as it is. */
  readonly throttling: number;
}

/** A renderer by itself, in a page's own time. */
export function pacedPeer(pages: FreshPages, name: PageName, options: PacedOptions): Promise<Paced> {
  const { length, tokensPerSecond, throttling } = options;
  return pages.use(name, 600_000, async ({ page, cdp, measure, trace }) => {
    const fill = (text: string) =>
      page.evaluate((reply) => {
        if (bench) bench.text = reply;
      }, text);
    const pace = (rate: number) =>
      page.evaluate((given) => bench?.pace(given), {
        tokenLength: TOKEN_LENGTH,
        tokensPerSecond: rate,
        commitMs: COMMIT_MS,
      });
    await fill(WARM_UP);
    await pace(4_000);
    await fill(replyText('typical', length));
    if (throttling > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttling });
    const { cpu, value } = await measure(() => trace(() => pace(tokensPerSecond)));
    if (!value.value?.shown) throw new Error(`${name} shows nothing.`);
    return { cpu, tasks: value.tasks };
  });
}
