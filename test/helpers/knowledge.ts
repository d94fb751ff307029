import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { knowledgeResponder } from '../../server/src/responders/knowledge.js';
import type { Passage } from '../../server/src/knowledge/page.js';
import type { Responder } from '../../server/src/responders/responder.js';
import type { KnowledgeOptions } from '../../server/src/responders/knowledge.js';
import { startChat } from './chat.js';
import { type StreamEvent, textOf } from './http.js';

/** A small shop's pages, by their paths. */
export const PAGES: Readonly<Record<string, string>> = {
  'returns.md':
    '# Returns\n\n## Sending something back\n\nYou have **30 days** to send back what is unworn. Write to [us](/contact) first.\n\n' +
    '## Refunds\n\nThe money is back within 5 working days, the way you paid.\n\n' +
    '## Exchanging a size\n\nAnother size is free, wherever you live.\n',
  'delivery.md':
    '# Delivery\n\n## Delivery times\n\nParcels inside the country take 2 working days.\n\n## Delivery abroad\n\nTo Ireland a parcel takes 6 working days and costs 8 pounds.\n',
  'care/wetsuits.html':
    '<title>Care</title><main><h1>Wetsuit care</h1><h2 id="wash">Washing a wetsuit</h2><p>Rinse it in cold water after every swim.</p>' +
    '<h2 id="kids">Wetsuits for children</h2><p>The small ones are washed like the others.</p></main>',
};

/** Writes pages to a folder that is gone after the test. */
export async function folderWith(pages: Readonly<Record<string, string>> = PAGES) {
  const folder = await mkdtemp(join(tmpdir(), 'chat-stream-knowledge-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  for (const [path, content] of Object.entries(pages)) await write(path, content);
  return { folder, write, path: (name: string) => join(folder, name) };
}

/** A passage, by its place: `Title › Heading`. */
export function passage(place: string, text: string): Passage {
  const [title = '', ...headings] = place.split(' › ');
  return { id: place, path: `${title}.md`, url: '/', title, headings, keywords: '', markdown: text, text };
}

/** At once, whatever the clock says. */
export const NO_PACING = {
  default: { words: 10_000, delayMs: 0 },
  code: { lines: 10_000, delayMs: 0 },
  table: { rows: 10_000, delayMs: 0 },
};

export interface Logged {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps its lines. */
export function keptLog() {
  const lines: Logged[] = [];
  const write = (level: Logged['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message });
  return { lines, logger: { info: write('info'), warn: write('warn'), error: write('error') } };
}

/** A responder over a folder of these pages; gone after the test. */
export function startKnowledge(options: KnowledgeOptions) {
  const log = keptLog();
  const respond = knowledgeResponder({ pacing: NO_PACING, watch: false, logger: log.logger, ...options });
  onTestFinished(() => respond.close());
  return { respond, lines: log.lines };
}

/** A whole answer, as a client got it. */
export interface Answer {
  readonly events: readonly StreamEvent[];
  readonly text: string;
  readonly sources: readonly { id: string; title: string; url: string; snippet: string }[];
  readonly suggestions: readonly string[];
}

/** A real server that answers from these pages. */
export async function startKnowledgeChat(options: Partial<KnowledgeOptions> = {}, pages = PAGES) {
  const site = await folderWith(pages);
  const { respond, lines } = startKnowledge({ folder: site.folder, ...options });
  await respond.ready();
  return { ...site, respond, lines, ...(await startAnswering(respond)) };
}

/** A real server that this responder answers for, whether or not its pages are read by now. */
export async function startAnswering(respond: Responder) {
  const chat = await startChat({ respond, flushMs: 0 });
  const ask = async (session: string, question: string): Promise<Answer> => {
    const { stream } = await chat.ask(session, question);
    const rest = stream.events();
    let over = false;
    const events = rest.finally(() => (over = true));
    // Its ticks are the test's: what waits for one goes at once.
    while (!over) await chat.clock.advance(0);
    return answerIn(await events);
  };
  return { chat, ask };
}

export function answerIn(events: readonly StreamEvent[]): Answer {
  const sources = events.find(({ type }) => type === 'sources')?.sources ?? [];
  const suggestions = events.find(({ type }) => type === 'suggestions')?.suggestions ?? [];
  return {
    events,
    text: textOf(events),
    sources: sources as Answer['sources'],
    suggestions: suggestions as Answer['suggestions'],
  };
}
