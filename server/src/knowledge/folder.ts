import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Logger } from '../logger.js';
import { defaultPath } from './address.js';
import { readHtmlPage } from './html-page.js';
import { readMarkdownPage } from './markdown-page.js';
import { HIDDEN, type Passage } from './page.js';
import { passagesOf } from './passages.js';
import { filesFor, readSitemap } from './sitemap.js';

/** Where the pages lie, and where they stand on the site. */
export interface FolderOptions {
  readonly folder: string;
  /** Path of a sitemap below the folder: then its pages are read and no others, under its addresses. */
  readonly sitemap?: string | undefined;
  /** Where a file stands on the site, by its path below the folder. */
  readonly pageUrl?: ((path: string) => string) | undefined;
  /** The site's address, for relative page urls. */
  readonly baseUrl: string;
  readonly maxFileBytes: number;
  readonly logger: Logger;
}

/** What was read of a file, so that it is not read again until it changes. */
interface ReadFile {
  /** Of the file; of one that could not be read, why. */
  readonly version: string;
  readonly passages: readonly Passage[];
}

/** Reads a folder's pages, and again only those that have changed. What cannot be read is named in the log and skipped. */
export class Folder {
  readonly #options: FolderOptions;
  /** By path and address. */
  #read = new Map<string, ReadFile>();
  #passages: readonly Passage[] = [];

  constructor(options: FolderOptions) {
    this.#options = options;
  }

  /** All passages, file by file in the order of their paths; the same list as before where nothing has changed. @throws where the folder or the sitemap cannot be read. */
  async passages(): Promise<readonly Passage[]> {
    const root = await realpath(this.#options.folder);
    const { sitemap } = this.#options;
    const files = sitemap === undefined ? await this.#walk(root, root) : await this.#listed(root, sitemap);
    const read = new Map<string, ReadFile>();
    const passages: Passage[] = [];
    for (const { path, url } of files) {
      const file = await this.#readFile(root, path, url);
      read.set(`${path}\n${url}`, file);
      passages.push(...file.passages);
    }
    const before = this.#read;
    // Taken over at once: a failure on the way leaves what was there.
    this.#read = read;
    const isSame = read.size === before.size && [...read].every(([key, file]) => before.get(key) === file);
    if (!isSame) this.#passages = passages;
    return this.#passages;
  }

  async #walk(root: string, folder: string): Promise<{ path: string; url: string }[]> {
    const files: { path: string; url: string }[] = [];
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const file = join(folder, entry.name);
      const path = relative(root, file).split(sep).join('/');
      if (entry.isDirectory()) {
        // A folder that is gone or closed by now costs its own pages only.
        files.push(...(await this.#walk(root, file).catch((error: unknown) => this.#skip(path, error, []))));
      } else if (PAGE.test(entry.name)) {
        files.push({ path, url: this.#urlOf(path) });
      }
    }
    return files;
  }

  async #listed(root: string, sitemap: string): Promise<{ path: string; url: string }[]> {
    const addresses = readSitemap(await readFile(join(root, sitemap), 'utf8'));
    const files: { path: string; url: string }[] = [];
    for (const url of addresses) {
      let path: string | undefined;
      for (const candidate of filesFor(url)) {
        const found = await lstat(join(root, candidate)).catch(() => undefined);
        if (found && !found.isDirectory()) {
          path = candidate;
          break;
        }
      }
      if (path === undefined) this.#options.logger.warn({ url }, 'a page of the sitemap has no file in the folder');
      else files.push({ path, url });
    }
    return files;
  }

  async #readFile(root: string, path: string, url: string): Promise<ReadFile> {
    const known = this.#read.get(`${path}\n${url}`);
    try {
      // Of a link, the file it leads to: one outside the folder is somebody else's.
      const file = await realpath(join(root, path));
      if (!file.startsWith(`${root}${sep}`)) throw new Error('It is a link out of the folder.');
      const found = await stat(file);
      // To read a pipe would wait for whoever writes into it, and the other pages with it.
      if (!found.isFile()) throw new Error('It is no file.');
      const { size, mtimeMs, ino } = found;
      const version = `${size} ${mtimeMs} ${ino}`;
      if (known?.version === version) return known;
      const { maxFileBytes } = this.#options;
      if (size > maxFileBytes) throw new Error(`It has ${size} bytes, more than maxFileBytes (${maxFileBytes}).`);
      const source = textOf(await readFile(file));
      const read = /\.html?$/i.test(path) ? readHtmlPage : readMarkdownPage;
      const page = read(path, source, () => url);
      return { version, passages: page === HIDDEN ? [] : passagesOf({ ...page, url: this.#absolute(page.url) }) };
    } catch (error) {
      // Tried again with each change in the folder, and named once.
      const version = String(error);
      return known?.version === version ? known : this.#skip(path, error, { version, passages: [] });
    }
  }

  #urlOf(path: string): string {
    return this.#options.pageUrl?.(path) ?? defaultPath(path);
  }

  #absolute(url: string): string {
    const { baseUrl } = this.#options;
    if (URL.canParse(url)) return url;
    // `/shop/` and `care.html` make `/shop/care.html`, whether or not the base has an origin.
    return `${baseUrl.replace(/(?<!\/)\/*$/, '')}/${url.replace(/^\/+/, '')}`;
  }

  #skip<T>(path: string, error: unknown, instead: T): T {
    this.#options.logger.warn({ path, error }, 'a page could not be read; it is left out');
    return instead;
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

const PAGE = /\.(?:html?|md|markdown)$/i;
