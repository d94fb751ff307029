/**
 * `npm run chaos -- --replies 1000 --seed 7`: many replies through a proxy that cuts, stalls, drops, repeats and refuses.
 * What it does and takes: test/helpers/chaos/cli.ts. It runs the sources, as the tests do; a browser loads the widget as
 * it is built, so that is done first.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** As it was before `runnerImport`, which sets `NODE_ENV` to `development`: the widget would be built for that. */
const env = { ...process.env };
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
process.exit(await module.main(process.argv.slice(2), build));

function build() {
  const { status } = spawnSync('npm', ['run', '-s', 'build'], { cwd: path('.'), stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
