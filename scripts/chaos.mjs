/**
 * `npm run chaos -- --replies 1000 --seed 7`: many replies through a proxy that cuts, stalls, drops, repeats and refuses.
 * What it does and takes: test/helpers/chaos/cli.ts. It runs the sources, as the tests do.
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

const { module } = await runnerImport(path('test/helpers/chaos/cli.ts'), {
  configFile: false,
  logLevel: 'error',
  resolve: {
    alias: {
      'chat-stream/protocol': path('widget/src/protocol/index.ts'),
      'chat-stream-server': path('server/src/index.ts'),
    },
  },
});
process.exit(await module.main(process.argv.slice(2)));
