import { fileURLToPath } from 'node:url';

/**
 * In the script-tag file, what is fetched later is fetched from beside that file: the modules that load it are replaced by
 * such as know where the file came from.
 */
export default function loadBesideScript() {
  return {
    name: 'load-beside-script',
    enforce: 'pre',
    resolveId: (id) => {
      const [, name] = /\/(load-highlighter|load-language)\.js$/.exec(id) ?? [];
      return name ? fileURLToPath(new URL(`../widget/src/view/${name}.script.ts`, import.meta.url)) : null;
    },
  };
}
