import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Tests run against the sources: no build lies between a change and its test. */
export const alias = {
  'chat-stream/protocol': path('widget/src/protocol/index.ts'),
  'chat-stream-server': path('server/src/index.ts'),
};

export default defineConfig({
  resolve: { alias },
  test: {
    environment: 'node',
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
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
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
