import { parseArgs } from 'node:util';
import { chosenSeed } from '../random.js';
import { failuresOf, isCaught, linesOf } from './chaos-report.js';
import { type ChaosOptions, runChaos } from './chaos-run.js';
import { STORES } from './chaos-store.js';
import { CONTROLS } from './controls.js';

const USAGE = `npm run chaos -- [--replies 1000] [--seed n] [--client node|chromium|firefox] [--control eof|repost]
                 [--store memory|sqlite|redis] [--nodes n] [--concurrency n] [--no-reorder] [--only n] [--max-faults 11] [--reconnections 20]`;

/**
 * The command. Resolves to its exit code: 1 for a wrong reply, or for a control that was not caught. `build` builds
 * the packages: called where a browser is to load the widget, or a thread the store.
 */
export async function main(args: readonly string[], build: () => void): Promise<number> {
  let options: ChaosOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  // The store's thread runs as built.
  if (usesBrowser(options) || options.store === 'sqlite') build();
  console.log(`chaos: SEED=${options.seed}`);
  const report = await runChaos({ ...options, onProgress: showProgress(options.replies) });
  console.log(linesOf(report).join('\n'));
  if (options.control) return isCaught(report) ? 0 : 1;
  return failuresOf(report).length === 0 ? 0 : 1;
}

function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      replies: { type: 'string', default: '1000' },
      seed: { type: 'string' },
      client: { type: 'string', default: 'node' },
      control: { type: 'string' },
      store: { type: 'string' },
      nodes: { type: 'string', default: '1' },
      concurrency: { type: 'string' },
      'no-reorder': { type: 'boolean', default: false },
      only: { type: 'string' },
      'max-faults': { type: 'string' },
      reconnections: { type: 'string' },
    },
  });
  const client = oneOf('client', values.client, ['node', 'chromium', 'firefox'] as const);
  const control = values.control === undefined ? undefined : oneOf('control', values.control, CONTROLS);
  const nodes = whole('nodes', values.nodes);
  const store = oneOf('store', values.store ?? (nodes > 1 ? 'redis' : 'memory'), STORES);
  if (nodes > 1 && (store !== 'redis' || client !== 'node' || control !== undefined)) {
    throw new Error(`--nodes ${nodes}: goes with --store redis and --client node alone.`);
  }
  const isBrowser = usesBrowser({ client, control });
  return {
    replies: whole('replies', values.replies),
    seed: values.seed === undefined ? chosenSeed() : whole('seed', values.seed),
    client,
    control,
    store,
    nodes,
    concurrency: whole('concurrency', values.concurrency ?? (isBrowser ? '16' : '32')),
    reorder: !values['no-reorder'],
    only: values.only === undefined ? undefined : whole('only', values.only),
    maxFaults: values['max-faults'] === undefined ? undefined : whole('max-faults', values['max-faults']),
    reconnections: isBrowser ? whole('reconnections', values.reconnections ?? '20') : 0,
  };
}

/** A control is a client of its own, whatever `client` says. */
const usesBrowser = ({ client, control }: Pick<ChaosOptions, 'client' | 'control'>): boolean =>
  client !== 'node' && control === undefined;

function whole(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} ${value}: must be a whole number.`);
  return Number(value);
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new Error(`--${name} ${value}: must be one of ${choices.join(', ')}.`);
  return choice;
}

/** One line that grows, where somebody watches. */
const showProgress = (replies: number) => (done: number) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${replies}${done === replies ? '\n' : ''}`);
};
