import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { completeStrings, type Strings } from '../strings.js';
import { languageTag } from '../strings-format.js';
import { pageLanguages } from './page-languages.js';

interface LanguageHost extends ReactiveControllerHost, HTMLElement {
  readonly strings: Partial<Strings>;
}

/**
 * The language the element speaks: its own `lang`, else that of the nearest ancestor, through shadow roots, else the
 * browser's. Followed when it changes. Until a language is loaded the one before it is shown, at first English; nothing
 * but the texts changes.
 */
export class ShownLanguage implements ReactiveController {
  readonly #host: LanguageHost;
  readonly #languages = pageLanguages;
  readonly #warn: (message: string) => void;
  readonly #attributes = new MutationObserver(() => this.#look());
  #unsubscribe: () => void = () => {};
  #table: Partial<Strings> = {};
  #strings = completeStrings();
  /** What was asked for last; loading it is under way, or was in vain. */
  #asked: { readonly tag: string; hasFailed: boolean } | undefined;

  constructor(host: LanguageHost, warn: (message: string) => void) {
    this.#host = host;
    this.#warn = warn;
    host.addController(this);
  }

  /**
   * Those that the page has set, else those of the language, else English: one by one. As of the last update; the same
   * object as long as none has changed.
   */
  get strings(): Strings {
    return this.#strings;
  }

  /** What the visitor is most likely written to in. */
  get wanted(): string {
    const named = ancestorsOf(this.#host).find((element) => element.hasAttribute('lang'));
    return languageTag(named?.getAttribute('lang') || navigator.language);
  }

  /** Of the strings; undefined where the page sets a direction no farther from the element than its language. */
  get direction(): 'ltr' | 'rtl' | undefined {
    const nearest = ancestorsOf(this.#host).find(
      (element) => element.hasAttribute('dir') || element.hasAttribute('lang'),
    );
    if (nearest?.hasAttribute('dir')) return undefined;
    return this.strings.dir === 'rtl' ? 'rtl' : 'ltr';
  }

  hostConnected(): void {
    const options = { attributes: true, attributeFilter: ['lang', 'dir'] };
    for (const element of ancestorsOf(this.#host)) this.#attributes.observe(element, options);
    this.#unsubscribe = this.#languages.subscribe(this.#look);
    addEventListener('languagechange', this.#look);
    this.#look();
  }

  hostDisconnected(): void {
    this.#attributes.disconnect();
    this.#unsubscribe();
    removeEventListener('languagechange', this.#look);
  }

  hostUpdate(): void {
    this.#match();
    const strings = completeStrings(this.#table, this.#host.strings);
    if (JSON.stringify(strings) !== JSON.stringify(this.#strings)) this.#strings = strings;
  }

  #match(): void {
    const tag = this.#languages.match(this.wanted);
    if (tag !== this.#asked?.tag) this.#asked = undefined;
    if (tag === undefined) {
      this.#table = {};
      return;
    }
    const table = this.#languages.table(tag);
    if (table) this.#table = table;
    else if (!this.#asked) void this.#load(tag);
    else if (this.#asked.hasFailed) this.#table = {};
  }

  #look = (): void => this.#host.requestUpdate();

  async #load(tag: string): Promise<void> {
    const asked = { tag, hasFailed: false };
    this.#asked = asked;
    try {
      await this.#languages.load(tag);
    } catch (error) {
      asked.hasFailed = true;
      this.#warn(
        `The texts of "${tag}" could not be loaded, English stays: is languages/${tag}.js served? ${String(error)}`,
      );
    }
    this.#look();
  }
}

/** The element itself first. */
function ancestorsOf(element: Element): readonly Element[] {
  const path: Element[] = [];
  for (let at: Element | null = element; at;) {
    path.push(at);
    const root: Node = at.getRootNode();
    at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return path;
}
