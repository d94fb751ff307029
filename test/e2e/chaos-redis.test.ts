import { expect, test } from 'vitest';
import { describeFailures, linesOf } from '../helpers/chaos/chaos-report.js';
import { type ChaosOptions, runChaos } from '../helpers/chaos/chaos-run.js';
import { chosenSeed } from '../helpers/random.js';

/** The small sister of `npm run chaos -- --store redis`; prints its seed, and where something is wrong, how to run it again. */
async function run(options: Partial<ChaosOptions>, annotate: (message: string) => unknown) {
  const seed = chosenSeed();
  await annotate(`seed ${seed}`);
  const common = { replies: 30, client: 'node', store: 'redis', concurrency: 25, reorder: true, maxFaults: 4 } as const;
  const report = await runChaos({ ...common, seed, ...options });
  console.log(linesOf(report).join('\n'));
  expect(describeFailures(report)).toEqual([]);
  expect(report.outcomes.filter(({ isExact }) => isExact)).toHaveLength(report.outcomes.length);
  for (const { stored } of report.outcomes) expect(stored).toBe(1);
  expect(report.tally.total).toBeGreaterThan(report.outcomes.length);
  return report;
}

test('replies in Redis, on a line with every fault there is, are exact, answered once and stored once', async ({
  annotate,
}) => {
  const { outcomes } = await run({}, annotate);
  for (const { generations } of outcomes) expect(generations).toBe(1);
});

test(
  'two servers on one Redis, one of them killed now and then in the middle of replies, give each reply exactly',
  { timeout: 120_000 },
  async ({ annotate }) => {
    const { kills, outcomes } = await run({ nodes: 2, maxFaults: 2 }, annotate);
    expect(kills).toBeGreaterThan(0);
    // Without one that was cut off by a kill, nothing was shown.
    expect(outcomes.some(({ client }) => client?.reasons.includes('failed: server_restarted'))).toBe(true);
  },
);
