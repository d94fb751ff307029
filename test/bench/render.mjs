/**
 * `npm run bench:render`: what drawing a reply costs, beside others that draw replies. What it takes: cli.ts. It runs the
 * sources of the renderer, and the element as built.
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const { module } = await runnerImport(path('cli.ts'), {
  configFile: false,
  logLevel: 'error',
  resolve: {
    alias: {
      'chat-stream/protocol': path('../../widget/src/protocol/index.ts'),
      'chat-stream-server': path('../../server/src/index.ts'),
    },
  },
});
process.exit(await module.main(process.argv.slice(2)));
