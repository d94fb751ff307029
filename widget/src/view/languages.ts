import type { Strings } from '../strings.js';

type Load<Tag extends string> = (tag: Tag) => Promise<{ readonly STRINGS: Partial<Strings> }>;

/** The languages that can be had: such as come with the element, each fetched when it is needed, and such as a page adds. */
export class Languages<Tag extends string = string> {
  readonly #shipped: readonly Tag[];
  readonly #load: Load<Tag>;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #loaded = new Map<string, Partial<Strings>>();
  readonly #added = new Map<string, Partial<Strings>>();
  readonly #listeners = new Set<() => void>();

  constructor(shipped: readonly Tag[], load: Load<Tag>) {
    this.#shipped = shipped;
    this.#load = load;
  }

  /**
   * The tag of the best table for a language: its own ("pt-BR"), its parent's ("de" for "de-AT"), or one of the same
   * language and script ("pt-BR" for "pt", "zh-CN" for "zh-Hans"; not for "zh-TW", which is written otherwise).
   * Undefined: there is none, English stands in.
   */
  match(language: string): string | undefined {
    const tags = [...this.#added.keys(), ...this.#shipped, 'en'];
    const parts = language.split('-');
    const parents = parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
    return parents.find((parent) => tags.includes(parent)) ?? tags.find((tag) => likely(tag) === likely(language));
  }

  /** The texts of a tag that `match` gave; undefined where they have to be loaded first. */
  table(tag: string): Partial<Strings> | undefined {
    if (this.#shipped.some((shipped) => shipped === tag) && !this.#loaded.has(tag)) return undefined;
    return { ...this.#loaded.get(tag), ...this.#added.get(tag) };
  }

  /**
   * Fetches the texts of a tag, once for all elements.
   * @throws {unknown} as importing the module does; it can be tried again.
   */
  load(tag: string): Promise<void> {
    const shipped = this.#shipped.find((candidate) => candidate === tag);
    if (shipped === undefined) return Promise.resolve();
    let loading = this.#loading.get(tag);
    if (!loading) {
      loading = this.#load(shipped).then(({ STRINGS }) => void this.#loaded.set(tag, STRINGS));
      this.#loading.set(tag, loading);
      loading.catch(() => this.#loading.delete(tag));
    }
    return loading;
  }

  /** Adds a language, or texts to one there is; those that are missing stay. All elements take it at once. */
  add(tag: string, strings: Partial<Strings>): void {
    this.#added.set(tag, { lang: tag, ...this.#added.get(tag), ...strings });
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after every `add`, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Language and script, the latter as CLDR finds it likely. */
function likely(tag: string): string {
  const { language, script } = new Intl.Locale(tag).maximize();
  return `${language}-${script}`;
}
