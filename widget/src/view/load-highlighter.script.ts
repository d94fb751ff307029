import { importBesideScript } from './import-beside-script.js';

/** Takes the place of load-highlighter.ts in the script-tag file. */
export const loadHighlighter = () =>
  importBesideScript('highlight/index.js') as Promise<typeof import('../highlight/index.js')>;
