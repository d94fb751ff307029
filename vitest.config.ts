import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Tests run against the sources: no build lies between a change and its test. */
export const alias = {
  'chat-stream/protocol': path('widget/src/protocol/index.ts'),
  'chat-stream-server': path('server/src/index.ts'),
};

/** What takes longest, such that those beside each other wait and compute by turns. */
const LONGEST = [
  'e2e/leaks',
  'e2e/chaos',
  'pictures/pictures',
  'e2e/demo',
  'e2e/every-byte',
  'e2e/cuts',
  'e2e/floating',
  'e2e/chaos-redis',
  'e2e/faults-network',
  'e2e/faults-page',
  'e2e/policy',
  'e2e/faults-page-work',
];

/** Begins with the longest files, so that none of them runs alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  resolve: { alias },
  test: {
    environment: 'node',
    sequence: { sequencer: LongestFirst },
    // Much of what is tested is waiting: one file at a time (the default on two cores) leaves them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Against a test that hangs, not against a machine that is busy.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './scripts/vitest-count-reporter.mjs'],
    coverage: {
      provider: 'v8',
      include: ['server/src/**', 'widget/src/protocol/**', 'widget/src/reply/**'],
      reporter: ['text-summary', 'lcovonly'],
      reportsDirectory: 'coverage/node',
    },
    projects: [
      // What they test holds nothing of its own: a process that loads it once runs all their files.
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'server', include: ['test/server/**/*.test.ts'] } },
      { extends: true, test: { name: 'package', include: ['test/package/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'pictures', include: ['test/pictures/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
});
