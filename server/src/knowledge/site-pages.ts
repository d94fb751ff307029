import { setImmediate } from 'node:timers/promises';
import { Folder, type FolderOptions } from './folder.js';
import { FolderWatch } from './folder-watch.js';
import { loadLanguage } from './language.js';
import { PassageIndex } from './passage-index.js';

/** Which pages are indexed, and how. */
export interface SitePagesOptions extends FolderOptions {
  readonly language: string;
  readonly synonyms?: readonly (readonly string[])[];
  /** Whether changes of the folder are noticed. */
  readonly watch: boolean;
}

/** Many files change at once when a site is built: they are read once all is quiet. */
const QUIET_MS = 100;

/** The pages of a site as they are now: read, indexed, and indexed anew when they change. */
export class SitePages {
  readonly #options: SitePagesOptions;
  readonly #folder: Folder;
  #index: Promise<PassageIndex>;
  #cancelUpdate: () => void = () => {};
  #updating = false;
  #changedMeanwhile = false;
  readonly #watch: FolderWatch | undefined;
  readonly #closed = new AbortController();

  constructor(options: SitePagesOptions) {
    this.#options = options;
    this.#folder = new Folder(options);
    if (options.watch) this.#watch = new FolderWatch({ ...options, onChange: () => this.#schedule() });
    this.#index = this.#build();
    // Whoever asks is told; without anybody who asks, it is no unhandled rejection.
    this.#index.catch((error: unknown) => {
      if (!this.#isClosed) this.#options.logger.error({ error }, 'the pages could not be read');
    });
  }

  /** The index; while a newer one is being made, the one before. Rejects where the folder could not be read at all. */
  get index(): Promise<PassageIndex> {
    return this.#index;
  }

  /** Stops watching, and reading. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('The pages are not read any more: they were closed.'));
    this.#cancelUpdate();
    await this.#watch?.close();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #build(before?: PassageIndex): Promise<PassageIndex> {
    const { language, synonyms, logger } = this.#options;
    const passages = await this.#folder.passages(this.#closed.signal);
    if (passages === before?.passages) return before;
    if (passages.length === 0) logger.warn({ folder: this.#options.folder }, 'no page was found to answer from');
    const index = await PassageIndex.build(passages, await loadLanguage(language, synonyms));
    const pages = new Set(passages.map(({ path }) => path)).size;
    logger.info({ pages, passages: passages.length }, 'the pages are indexed');
    return index;
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#cancelUpdate();
    this.#cancelUpdate = this.#options.clock.after(QUIET_MS, () => void this.#update());
  }

  /** Makes a new index and puts it in the place of the old one, which serves until then; and again for what changed meanwhile. */
  async #update(): Promise<void> {
    if (this.#updating) {
      this.#changedMeanwhile = true;
      return;
    }
    this.#updating = true;
    try {
      do {
        this.#changedMeanwhile = false;
        await setImmediate();
        const index = await this.#build(await this.#index.catch(() => undefined));
        this.#index = Promise.resolve(index);
      } while (this.#changedMeanwhile && !this.#isClosed);
    } catch (error) {
      if (this.#isClosed) return;
      this.#options.logger.warn({ error }, 'the changed pages could not be read; answers come from those before');
    } finally {
      this.#updating = false;
    }
  }
}
