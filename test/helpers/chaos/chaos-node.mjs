/** One of several servers on one store, in a process of its own: see chaos-node.ts. It runs the sources, as the tests do. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const path = (relative) => fileURLToPath(new URL(`../../../${relative}`, import.meta.url));

const { module } = await runnerImport(path('test/helpers/chaos/chaos-node.ts'), {
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
