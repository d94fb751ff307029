import { readdirSync, readFileSync } from 'node:fs';

/** The folder of the demo's site. */
export const DEMO = new URL('../../demo/', import.meta.url);

export const pages = readdirSync(DEMO)
  .filter((name) => name.endsWith('.html'))
  .map((name) => ({ name, html: readFileSync(new URL(name, DEMO), 'utf8') }));

/** What can be read of it. */
export const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/\s+/g, ' ');
