import { realpath, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';

/** Which folder is watched, and who is told. */
export interface FolderWatchOptions {
  readonly folder: string;
  /** Something has changed in the folder, or it is another one. Told more often than needed. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often it is looked whether the folder is still the one that is watched. */
const LOOK_MS = 1_000;

/** Where there are many files, and none of them a page. */
const IGNORED = /(?:^|[\\/])(?:\.git|node_modules)(?:[\\/]|$)/;

/**
 * Tells of the changes in a folder, by whatever path it is reached. The system's watches hold on to the folder they were
 * begun with; one that a build has removed and made anew, that another was put in the place of, or that a link leads to
 * now, is watched from then on.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  #watcher: FSWatcher | undefined;
  /** Of the folder that is watched; undefined where it is gone. */
  #identity: string | undefined;
  #cancelLook: () => void = () => {};
  #closed = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    void this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLook();
    await this.#watcher?.close();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const found = await findFolder(this.#options.folder);
    if (this.#closed) return;
    if (found?.identity !== this.#identity) {
      // Nothing more is told by the one before, also while it is being closed.
      const before = this.#watcher?.removeAllListeners();
      // But where nobody hears of an error, the process ends.
      before?.on('error', () => {});
      this.#identity = found?.identity;
      this.#watcher = found && this.#watch(found.path);
      void before?.close();
      this.#options.onChange();
    }
    this.#cancelLook = this.#options.clock.after(LOOK_MS, () => void this.#look());
  }

  #watch(folder: string): FSWatcher {
    const { logger, onChange } = this.#options;
    const watcher = watch(folder, {
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path) => IGNORED.test(relative(folder, path)),
      // A server that has nothing else to do may end.
      persistent: false,
    });
    watcher.on('all', () => onChange());
    // What changed between the first reading and now went unnoticed.
    watcher.on('ready', () => onChange());
    watcher.on('unlinkDir', (path) => {
      // One that is made in its place may be given the same number.
      if (path === folder) this.#identity = undefined;
    });
    watcher.on('error', (error) => logger.warn({ error }, 'the folder cannot be watched; restart after changes'));
    return watcher;
  }
}

/** Where a folder lies, and which one it is; undefined where there is none. */
async function findFolder(folder: string): Promise<{ readonly path: string; readonly identity: string } | undefined> {
  try {
    const path = await realpath(folder);
    const { dev, ino, birthtimeMs } = await stat(path);
    return { path, identity: `${path} ${dev} ${ino} ${birthtimeMs}` };
  } catch {
    // Why it cannot be had is told by who reads it.
    return undefined;
  }
}
