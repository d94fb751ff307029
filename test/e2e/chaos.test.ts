import { describe, expect, test } from 'vitest';
import { describeFailures, isCaught, linesOf } from '../helpers/chaos/chaos-report.js';
import { type ChaosOptions, type ChaosReport, runChaos } from '../helpers/chaos/chaos-run.js';
import { CONTROLS } from '../helpers/chaos/controls.js';
import { FAULT_KINDS, PLACES } from '../helpers/chaos/faults.js';
import { chosenSeed } from '../helpers/random.js';

/** The small sister of `npm run chaos`; prints its seed, and where something is wrong, how to run that reply alone. */
async function run(options: Partial<ChaosOptions>, annotate: (message: string) => unknown): Promise<ChaosReport> {
  const seed = chosenSeed();
  await annotate(`seed ${seed}`);
  const report = await runChaos({ replies: 150, seed, client: 'node', concurrency: 32, reorder: true, ...options });
  console.log(linesOf(report).join('\n'));
  return report;
}

const sum = (report: ChaosReport, of: 'generations' | 'stored') =>
  report.outcomes.reduce((total, outcome) => total + outcome[of], 0);

describe('replies on a line with every fault there is', () => {
  test('are exact, answered once and stored once, in Node', async ({ annotate }) => {
    const report = await run({}, annotate);
    expect(describeFailures(report)).toEqual([]);
    expect(report.outcomes.filter(({ isExact }) => isExact)).toHaveLength(150);
    expect(sum(report, 'generations')).toBe(150);
    expect(sum(report, 'stored')).toBe(150);
    // A harness that does no harm proves nothing.
    const { tally } = report;
    for (const kind of FAULT_KINDS) expect(tally.of(kind), kind).toBeGreaterThan(0);
    for (const place of PLACES) expect(tally.of(`cut ${place}`), place).toBeGreaterThan(0);
    expect(tally.cuts).toBeGreaterThan(120);
    expect(tally.of('stall')).toBeGreaterThan(15);
    expect(tally.drops).toBeGreaterThan(12);
  });

  test(
    'are exact, answered once and stored once, in the element in Chromium',
    { timeout: 150_000 },
    async ({ annotate }) => {
      // Real time: after many failures in a row the element waits for seconds, as it should.
      const report = await run(
        { client: 'chromium', replies: 15, concurrency: 15, maxFaults: 6, reconnections: 3 },
        annotate,
      );
      expect(describeFailures(report)).toEqual([]);
      expect(sum(report, 'generations')).toBe(15);
      expect(sum(report, 'stored')).toBe(15);
      expect(report.tally.cuts).toBeGreaterThan(10);
      for (const delayMs of report.reconnections?.cutMs ?? []) expect(delayMs).toBeLessThan(1_000);
      for (const delayMs of report.reconnections?.frozenMs ?? []) expect(delayMs).toBeLessThan(1_000);
    },
  );
});

describe('the harness', () => {
  test.each(CONTROLS)('catches a client that is wrong: "%s"', async (control) => {
    const report = await run({ control, replies: 40, concurrency: 40 }, () => {});
    expect(isCaught(report)).toBe(true);
  });
});
