import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { defaultPath } from './address.js';
import type { Passage } from './page.js';
import { PageReader } from './page-reader.js';
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
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What was read of a file, so that it is not read again until it changes. */
interface ReadFile {
  /** Of the file; undefined where there was none to be read: it is looked for again with each change in the folder. */
  readonly version: string | undefined;
  readonly passages: readonly Passage[];
  /** Why it could not be read; named once. */
  readonly failure?: string;
}

/** Reads a folder's pages, and again only those that have changed. What cannot be read is named in the log and skipped. */
export class Folder {
  readonly #options: FolderOptions;
  readonly #reader: PageReader;
  /** By path and address. */
  #read = new Map<string, ReadFile>();
  #passages: readonly Passage[] = [];

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#reader = new PageReader(options.clock);
  }

  /**
   * All passages, file by file in the order of their paths; the same list as before where nothing has changed. One call at a
   * time.
   * @throws {Error} where the folder or the sitemap cannot be read; where the signal aborts, its reason.
   */
  async passages(signal: AbortSignal): Promise<readonly Passage[]> {
    const root = await realpath(this.#options.folder);
    const { sitemap } = this.#options;
    const files = sitemap === undefined ? await this.#walk(root, root) : await this.#listed(root, sitemap);
    const read = new Map<string, ReadFile>();
    try {
      for (const { path, url } of files) read.set(`${path}\n${url}`, await this.#readFile(root, path, url, signal));
    } finally {
      this.#reader.rest();
    }
    const before = this.#read;
    // Taken over at once: a failure on the way leaves what was there.
    this.#read = read;
    const isSame = read.size === before.size && [...read].every(([key, file]) => before.get(key) === file);
    if (!isSame) this.#passages = [...read.values()].flatMap(({ passages }) => passages);
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

  async #readFile(root: string, path: string, url: string, signal: AbortSignal): Promise<ReadFile> {
    const known = this.#read.get(`${path}\n${url}`);
    let version: string | undefined;
    try {
      // Of a link, the file it leads to: one outside the folder is somebody else's.
      const file = await realpath(join(root, path));
      if (!file.startsWith(`${root}${sep}`)) throw new Error('It is a link out of the folder.');
      const found = await stat(file);
      // To read a pipe would wait for whoever writes into it, and the other pages with it.
      if (!found.isFile()) throw new Error('It is no file.');
      const { size, mtimeMs, ctimeMs, ino } = found;
      version = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
      if (known?.version === version) return known;
      const { maxFileBytes, baseUrl } = this.#options;
      if (size > maxFileBytes) throw new Error(`It has ${size} bytes, more than maxFileBytes (${maxFileBytes}).`);
      return { version, passages: await this.#reader.read({ file, path, url, baseUrl }, signal) };
    } catch (error) {
      signal.throwIfAborted();
      const failure = String(error);
      // The same object: nothing has changed.
      if (known?.failure === failure && known.version === version) return known;
      const left = { version, passages: [], failure };
      return known?.failure === failure ? left : this.#skip(path, error, left);
    }
  }

  #urlOf(path: string): string {
    return this.#options.pageUrl?.(path) ?? defaultPath(path);
  }

  #skip<T>(path: string, error: unknown, instead: T): T {
    this.#options.logger.warn({ path, error }, 'a page could not be read; it is left out');
    return instead;
  }
}

const PAGE = /\.(?:html?|md|markdown)$/i;
