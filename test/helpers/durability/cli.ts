import { parseArgs } from 'node:util';
import { chosenSeed } from '../random.js';
import { type DurabilityReport, runDurability } from './durability-run.js';

const USAGE = 'npm run durability -- [--kills 200] [--seed n]';

/** The command. Resolves to its exit code: 1 where something that was acknowledged is not as it was. */
export async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const { kills, seed } = options;
  console.log(`durability: SEED=${seed}`);
  const begin = performance.now();
  const report = await runDurability({ kills, seed });
  console.log(
    `${linesOf(report).join('\n')}\ntook                 ${((performance.now() - begin) / 1_000).toFixed(1)} s`,
  );
  return report.faults.length === 0 ? 0 : 1;
}

function readOptions(args: readonly string[]): { readonly kills: number; readonly seed: number } {
  const { values } = parseArgs({
    args: [...args],
    options: { kills: { type: 'string', default: '200' }, seed: { type: 'string' } },
  });
  return {
    kills: whole('kills', values.kills),
    seed: values.seed === undefined ? chosenSeed() : whole('seed', values.seed),
  };
}

function whole(name: string, value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new Error(`--${name} ${value}: must be a whole number of at most 6 digits.`);
  return Number(value);
}

/** The table that is printed. */
export function linesOf(report: DurabilityReport): string[] {
  const { kills, killsWhileOpening, claimed, ended, restarted, openMs, faults } = report;
  const at = (part: number) => (openMs[Math.min(openMs.length - 1, Math.floor(openMs.length * part))] ?? 0).toFixed(0);
  return [
    `kills (SIGKILL)      ${kills}, ${killsWhileOpening} of them while the store was being opened`,
    `messages stored      ${claimed} acknowledged`,
    `replies ended        ${ended} acknowledged`,
    `replies cut short    ${restarted} closed with server_restarted`,
    `process to open      ${at(0.5)} ms p50, ${at(0.95)} ms p95, ${at(1)} ms at the most`,
    `faults               ${faults.length}`,
    ...faults.slice(0, 20).map((fault) => `  ${fault}`),
  ];
}
