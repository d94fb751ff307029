/**
 * Vite/rolldown plugin: the element's sheets, in their order, as one: it is minified as a whole, and laid out as one.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const IMPORT = /^import \{ (\w+) \} from '(.+)\.js';$/gm;

export default function joinSheets() {
  return {
    name: 'join-sheets',
    enforce: 'pre',
    apply: 'build',
    transform: {
      filter: { id: /\/chat-stream\.styles\.ts$/ },
      handler(code, id) {
        const files = new Map([...code.matchAll(IMPORT)].map(([, name, file]) => [name, file]));
        const [, list = ''] = /styles = \[([^\]]*)\]/.exec(code) ?? [];
        const sheets = (list.match(/\w+/g) ?? []).map((name) => {
          const source = readFileSync(new URL(`${files.get(name)}.ts`, pathToFileURL(id)), 'utf8');
          return /css`([^`]*)`/.exec(source)?.[1] ?? this.error(`${files.get(name)} has no css of its own.`);
        });
        if (sheets.length !== files.size) this.error('A sheet is imported that is not in the list, or none is.');
        return { code: `import { css } from 'lit';\nexport const styles = css\`${sheets.join('\n')}\`;`, map: null };
      },
    },
  };
}
