import type { Begin, BenchPage, Fed, FeedOptions, PaceOptions, Renderer, RunOptions } from '../bench-page.js';

/** Makes a renderer's page ready to be driven from outside. */
export function expose(begin: Begin): void {
  const page: BenchPage = {
    text: '',
    isOver: false,
    feed: async (options) => feed(await open(begin), page, options),
    pace: async (options) => pace(await open(begin), page.text, options),
    async run(options) {
      for (let count = 1; count < options.replies; count++) run(await open(begin), page.text, options);
      return run(await open(begin), page.text, options).drawn();
    },
  };
  globalThis.bench = page;
}

/** A reply's renderer with what is counted on the way. */
class Reply {
  fed = 0;
  #worstMs = 0;
  #writeMs = 0;
  #last = performance.now();
  readonly #renderer: Renderer;
  readonly #container: HTMLElement;

  constructor(renderer: Renderer, container: HTMLElement) {
    this.#renderer = renderer;
    this.#container = container;
  }

  /** A task begins that was due at once when the last one had ended. */
  beginTask(): void {
    const now = performance.now();
    this.#worstMs = Math.max(this.#worstMs, now - this.#last);
    this.#last = now;
  }

  write(text: string): void {
    this.#time(() => this.#renderer.write(text));
    this.fed += text.length;
  }

  end(): void {
    this.#time(() => this.#renderer.end());
  }

  /** Resolves once everything is drawn. */
  async drawn(): Promise<Fed> {
    await this.#renderer.settled?.();
    await nextFrame();
    const { textContent, childElementCount } = this.#container;
    const shown = this.#renderer.shown?.() ?? textContent.length + childElementCount;
    return { fed: this.fed, shown, worstMs: this.#worstMs, writeMs: this.#writeMs };
  }

  #time(work: () => void): void {
    const since = performance.now();
    work();
    this.#writeMs += performance.now() - since;
  }
}

async function open(begin: Begin): Promise<Reply> {
  const container = document.createElement('div');
  // As wide as a chat.
  container.style.inlineSize = '400px';
  document.body.replaceChildren(container);
  return new Reply(await begin(container), container);
}

function feed(reply: Reply, page: BenchPage, { tokenLength }: FeedOptions): Promise<Fed> {
  const { text } = page;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => {
      reply.beginTask();
      if (reply.fed < text.length && !page.isOver) {
        reply.write(text.slice(reply.fed, reply.fed + tokenLength));
        return port2.postMessage(undefined);
      }
      port1.close();
      reply.end();
      resolve(reply.drawn());
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

function pace(reply: Reply, text: string, { tokenLength, tokensPerSecond, commitMs }: PaceOptions): Promise<Fed> {
  const since = performance.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - since) / 1_000) * tokensPerSecond) * tokenLength;
      if (due > reply.fed) reply.write(text.slice(reply.fed, due));
      if (reply.fed < text.length) return;
      clearInterval(timer);
      reply.end();
      resolve(reply.drawn());
    }, commitMs);
  });
}

function run(reply: Reply, text: string, { tokenLength, capMs }: RunOptions): Reply {
  const until = performance.now() + capMs;
  while (reply.fed < text.length && performance.now() < until) {
    reply.write(text.slice(reply.fed, reply.fed + tokenLength));
  }
  reply.end();
  return reply;
}

/** After the next frame has been drawn. */
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
