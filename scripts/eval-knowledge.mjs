/**
 * `npm run eval:knowledge`: how well and how fast questions of our own are answered from the demo shop's pages. What it
 * takes: test/knowledge/cli.ts. It runs the sources, as the tests do; the process
 * that reads pages as it is built.
 */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

// Who reads the first lines alone (`| head`) has seen enough.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
// Not `runnerImport`: that is closed once the module is loaded, and the language's stemmer is loaded later.
const vite = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  resolve: { alias: { 'chat-stream/protocol': path('widget/src/protocol/index.ts') } },
});
const { main } = await vite.ssrLoadModule(path('test/knowledge/cli.ts'));
const code = await main(process.argv.slice(2));
await vite.close();
process.exit(code);
