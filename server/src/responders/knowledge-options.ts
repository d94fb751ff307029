import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type Clock, systemClock } from '../clock.js';
import { isKnownLanguage } from '../knowledge/language.js';
import { LANGUAGES } from '../knowledge/languages.js';
import type { SitePagesOptions } from '../knowledge/site-pages.js';
import { createLogger, type Logger } from '../logger.js';
import type { Pacing } from '../replies/pacing.js';
import { contactMarkdown, type KnowledgeTexts, withTexts } from './knowledge-texts.js';
import type { OpenAiOptions } from './openai.js';
import type { Responder } from './responder.js';

/** Options of `knowledgeResponder`. */
export interface KnowledgeOptions {
  /** Where the pages are: Markdown (`.md`, `.markdown`) and HTML (`.html`, `.htm`), in folders within as well. */
  readonly folder: string;
  /**
   * Path of a sitemap below the folder. Then the pages it lists are read, and no others, under its addresses; each from the
   * file of the folder that its path names. Default: every page of the folder.
   */
  readonly sitemap?: string;
  /** Address of the site, before the pages' own: `https://shop.example/`. Default `/`: the site the chat stands on. */
  readonly baseUrl?: string;
  /** Where a file stands on the site, by its path below the folder. Default: `care/suits.md` → `care/suits`, HTML by its name. */
  readonly pageUrl?: (path: string) => string;
  /** Where to ask when the pages have no answer: an e-mail address, a URL, or any text in Markdown. Default: none. */
  readonly contact?: string;
  /** The language of the pages, for their stems and stop words: a tag such as `en` or `pt-BR`. Default `en`. */
  readonly language?: string;
  /**
   * Groups of words that mean the same on this site: `[['cost', 'price'], ['delivery', 'shipping']]`. Each counts for all of its
   * group. Default: none.
   */
  readonly synonyms?: readonly (readonly string[])[];
  /** What is said around the quotes; those left out are English. */
  readonly texts?: Partial<KnowledgeTexts>;
  /**
   * A model that words the answers: the passages found become its context, and it answers from them. Where it fails before its
   * first word, they are quoted. Default: none, answers are quotes.
   */
  readonly model?: OpenAiOptions | Responder;
  /**
   * Asked where the pages do not surely answer a question, and before a model is; where it yields nothing, the answer is what it
   * would have been without it. Default: none.
   */
  readonly otherwise?: Responder;
  /** Whether changed pages are read again. Default true. */
  readonly watch?: boolean;
  /**
   * A bigger file is left out, and named in the log; so is one that takes more than 30 s, or 512 MiB of memory, to read. Bytes,
   * default 1,048,576.
   */
  readonly maxFileBytes?: number;
  /** How fast quotes are written. Default: the plain protocol's pace, three words every 100 ms. */
  readonly pacing?: Partial<Pacing>;
  /** Told of pages that cannot be read. Default: pino on standard output, warnings and errors. */
  readonly logger?: Logger;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Options that were checked. */
export interface KnowledgeSettings {
  readonly pages: SitePagesOptions;
  readonly texts: KnowledgeTexts;
  readonly contact: string | undefined;
  readonly pacing: Partial<Pacing> | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Checks what no answer could come from: a mistake shows when the server starts.
 * @throws {TypeError} whose sentence names the value and the way out.
 */
export function checkKnowledgeOptions(options: KnowledgeOptions): KnowledgeSettings {
  const { folder, sitemap, baseUrl = '/', language = 'en', contact, maxFileBytes = 1_048_576, pacing } = options;
  checkFolder(folder);
  if (sitemap !== undefined) checkSitemap(folder, sitemap);
  if (!isKnownLanguage(language)) {
    throw new TypeError(`language is ${JSON.stringify(language)}. Give one of ${Object.keys(LANGUAGES).join(', ')}.`);
  }
  if (!/^(?:https?:\/\/[^\s]+|\/[^\s]*)$/.test(baseUrl)) {
    throw new TypeError(
      `baseUrl is ${JSON.stringify(baseUrl)}. Give an http or https URL, or a path such as "/help/".`,
    );
  }
  if (!Number.isSafeInteger(maxFileBytes) || maxFileBytes < 1) {
    throw new TypeError(`maxFileBytes is ${String(maxFileBytes)}. Give a whole number of bytes from 1.`);
  }
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? createLogger('warn');
  const { pageUrl, watch = true, synonyms = [] } = options;
  return {
    pages: {
      folder: resolve(folder),
      sitemap,
      baseUrl,
      pageUrl,
      language,
      synonyms,
      watch,
      maxFileBytes,
      clock,
      logger,
    },
    texts: withTexts(options.texts),
    contact: contact === undefined || contact.trim() === '' ? undefined : contactMarkdown(contact),
    pacing,
    clock,
    logger,
  };
}

function checkFolder(folder: string): void {
  const what = typeof folder === 'string' && folder !== '' ? kindOf(folder) : 'nothing';
  if (what === 'folder') return;
  const shown = JSON.stringify(folder);
  const problem = what === 'file' ? `folder ${shown} is a file` : `folder ${shown} does not exist or cannot be read`;
  const where = typeof folder === 'string' && folder !== '' ? ` (looked for at ${resolve(folder)})` : '';
  throw new TypeError(`${problem}${where}. Give the path of a folder that holds Markdown or HTML pages.`);
}

function checkSitemap(folder: string, sitemap: string): void {
  const path = resolve(folder, sitemap);
  const below = relative(resolve(folder), path);
  // On another drive of Windows it is absolute.
  const isBelow = below.split(sep)[0] !== '..' && !isAbsolute(below);
  if (!isBelow || kindOf(path) !== 'file') {
    throw new TypeError(`sitemap ${JSON.stringify(sitemap)} is no file in the folder. Give its path below the folder.`);
  }
}

function kindOf(path: string): 'folder' | 'file' | 'nothing' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}
