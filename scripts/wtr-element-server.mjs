/**
 * Web Test Runner plugin: the server that element tests talk to. Tests give it commands through the runner's own line
 * (`executeServerCommand` of @web/test-runner-commands), so no control connection counts among the page's own.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** A corpus of the tests by its name: `commonmark` or `xss`. */
async function corpus(name) {
  if (name !== 'commonmark') return JSON.parse(readFileSync(path(`../test/corpora/${name}-cases.json`), 'utf8'));
  const { module } = await runnerImport(path('../test/helpers/commonmark-examples.ts'), {
    configFile: false,
    logLevel: 'warn',
  });
  return module.EXAMPLES;
}

/** highlight.js is CommonJS inside, which no browser reads: what colours code is tested as built. */
export const builtHighlighterPlugin = () => ({
  name: 'built-highlighter',
  resolveImport: ({ source }) =>
    source.endsWith('/highlight/index.js') ? '/widget/dist/highlight/index.js' : undefined,
});

export const elementServerPlugin = () => {
  let server;
  return {
    name: 'element-server',
    async serverStart() {
      const { module } = await runnerImport(path('../test/helpers/element-server.ts'), {
        configFile: false,
        logLevel: 'warn',
        resolve: { alias: { 'chat-stream/protocol': path('../widget/src/protocol/index.ts') } },
      });
      server = await module.startElementServer();
    },
    executeCommand({ command, payload }) {
      if (command === 'element-server') return server.run(payload.command, payload.argument);
      if (command === 'corpus') return corpus(payload);
    },
    async serverStop() {
      await server?.close();
    },
  };
};
