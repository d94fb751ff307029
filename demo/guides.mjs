/**
 * The shop's guides: Markdown files of the folder `knowledge`, shown as pages of the shop, with the frame of one of them. The
 * chat answers from the same files.
 */
import { readFile } from 'node:fs/promises';
import Slugger from 'github-slugger';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Where a file of the demo stands on its site. */
export const addressOf = (path) => path.replace(/^knowledge\/(.+)\.md$/, '$1.html').replace(/^index\.html$/, '');

/** A guide as a whole page; undefined where there is none of that name. `folder`: the demo's. */
export async function guidePage(folder, name) {
  let markdown;
  try {
    markdown = await readFile(`${folder}/knowledge/${name}.md`, 'utf8');
  } catch {
    return undefined; // any other page of the site
  }
  const frame = await readFile(`${folder}/shipping.html`, 'utf8');
  const slugger = new Slugger();
  const content = micromark(markdown.replace(/^---\n[^]*?\n---\n/, ''), {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  }).replace(/<(h[23])>(.*?)<\/\1>/g, (_, tag, words) => `<${tag} id="${slugger.slug(words)}">${words}</${tag}>`);
  const title = /<h1>(.*?)<\/h1>/.exec(content)?.[1] ?? name;
  return frame
    .replace(/<title>.*<\/title>/, `<title>${title}: Tidewater</title>`)
    .replace(/\n\s*<meta name="(?:description|keywords)"[^>]*>/g, '')
    .replace(' aria-current="page"', '')
    .replace(/(<main[^>]*>)[^]*(<\/main>)/, (_, open, close) => `${open}\n${content}\n${close}`);
}
