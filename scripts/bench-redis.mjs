/** `npm run bench:redis`: what a token costs in Redis, how soon a stop is heard elsewhere, and how long a dead machine's replies wait: test/bench/redis-cost.ts. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [unknown] = process.argv.slice(2);
if (unknown !== undefined) {
  console.error(`Unknown option '${unknown}'\nnpm run bench:redis takes none; it measures for two minutes`);
  process.exit(2);
}
const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

const { module } = await runnerImport(path('test/bench/redis-cost.ts'), {
  configFile: false,
  logLevel: 'error',
  resolve: {
    alias: {
      'chat-stream/protocol': path('widget/src/protocol/index.ts'),
      'chat-stream-server': path('server/src/index.ts'),
    },
  },
});
await module.main();
process.exit(0);
