import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { COST } from './cost.js';
import { WHOLE_ELEMENT } from './element.js';
import { FreshPages } from './fresh-page.js';
import { HOSTILE } from './hostile.js';
import { PACED } from './paced.js';
import { PARSER } from './parser.js';
import { installPeers, peerVersions } from './peers.js';
import { openSite } from './site.js';

const QUESTIONS = [PARSER, COST, WHOLE_ELEMENT, PACED, HOSTILE];
const NAMES = QUESTIONS.map(({ name }) => name).join(',');
const USAGE = `npm run bench:render -- [--only ${NAMES}] [--quick] [--json FILE]`;
const BUILT = fileURLToPath(new URL('../../widget/dist/chat-stream.js', import.meta.url));

interface Options {
  readonly questions: typeof QUESTIONS;
  readonly isQuick: boolean;
  readonly json: string | undefined;
}

/** The command. Resolves to its exit code; no figure fails it. */
export async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  if (!existsSync(BUILT)) {
    console.error('The element is not built. Run: npm run build');
    return 2;
  }
  installPeers();
  const site = await openSite();
  const pages = new FreshPages(site);
  try {
    await answer(pages, options);
  } finally {
    await pages.close();
    await site.close();
  }
  return 0;
}

async function answer(pages: FreshPages, { questions, isQuick, json }: Options): Promise<void> {
  const machine = {
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    chromium: await pages.version(),
    node: process.version,
    load: loadavg().map((load) => load.toFixed(1)),
    peers: peerVersions(),
  };
  console.log(`${machine.cpu}, Chromium ${machine.chromium}, Node ${machine.node}, load ${machine.load.join(' ')}`);
  console.log(
    Object.entries(machine.peers)
      .map((peer) => peer.join(' '))
      .join(', '),
  );
  const results: Record<string, object> = {};
  for (const { name, ask } of questions) {
    const since = performance.now();
    console.log(`\n${name.toUpperCase()}\n`);
    results[name] = await ask(pages, { isQuick }, (line) => console.log(line));
    const seconds = Math.round((performance.now() - since) / 1_000);
    console.log(`(${seconds} s, load ${loadavg()[0]?.toFixed(1)})`);
  }
  if (json) writeFileSync(json, `${JSON.stringify({ machine, isQuick, results }, null, 2)}\n`);
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: NAMES },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const names = values.only.split(',');
  for (const name of names) {
    if (!QUESTIONS.some((question) => question.name === name)) {
      throw new Error(`--only ${name}: must be one or more of ${NAMES}.`);
    }
  }
  return {
    questions: QUESTIONS.filter(({ name }) => names.includes(name)),
    isQuick: values.quick,
    json: values.json,
  };
}
