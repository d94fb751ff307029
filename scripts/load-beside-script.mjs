import { fileURLToPath } from 'node:url';

/**
 * In the script-tag file, what is fetched later is fetched from beside that file: the module that loads it is replaced by
 * one that knows where the file came from.
 */
export default function loadBesideScript() {
  const replacement = fileURLToPath(new URL('../widget/src/view/load-highlighter.script.ts', import.meta.url));
  return {
    name: 'load-beside-script',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith('/load-highlighter.js') ? replacement : null),
  };
}
