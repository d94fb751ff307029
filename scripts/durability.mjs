/**
 * `npm run durability -- --kills 200 --seed 7`: SIGKILL for a process that writes to the SQLite store, again and again.
 * What it does: test/helpers/durability. The killed process runs the package as it is built.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

const { status } = spawnSync('npx', ['tsc', '-b'], { cwd: path('.'), stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const { module } = await runnerImport(path('test/helpers/durability/cli.ts'), {
  configFile: false,
  logLevel: 'error',
  resolve: {
    alias: { 'chat-stream/protocol': path('widget/src/protocol/index.ts') },
  },
});
process.exit(await module.main(process.argv.slice(2)));
