import { absoluteUrl } from './address.js';
import { readHtmlPage } from './html-page.js';
import { readMarkdownPage } from './markdown-page.js';
import { HIDDEN, type Passage } from './page.js';
import { passagesOf } from './passages.js';

/** Which file a page is, and where it stands. */
export interface PageFile {
  /** The file itself; a link was followed. */
  readonly file: string;
  /** Its path below the folder: whether it is Markdown or HTML, and how it is named. */
  readonly path: string;
  /** Its address on the site, unless it says another one itself. */
  readonly url: string;
  /** The site's address, for one that is relative. */
  readonly baseUrl: string;
}

/**
 * The passages of a page; of one that is not to be found, none.
 * @throws {Error} where it is not UTF-8, or nested too deeply; and whatever the parsers throw.
 */
export function passagesIn({ path, url, baseUrl }: PageFile, bytes: Uint8Array): Passage[] {
  const read = /\.html?$/i.test(path) ? readHtmlPage : readMarkdownPage;
  const source = textOf(bytes);
  try {
    const page = read(path, source, () => url);
    return page === HIDDEN ? [] : passagesOf({ ...page, url: absoluteUrl(page.url, baseUrl) });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new Error('It is nested too deeply. Take some of the levels out.', { cause });
  }
}

/** A byte order mark is left out. @throws {Error} for another encoding: what is quoted from it would not be what stands there. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error('It is not UTF-8. Save it as UTF-8.', { cause });
  }
}
