import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { breaks } from './invariant.js';
import type { Line } from './server.js';
import { query } from './visitor.js';

interface PageWindow extends Window {
  /** Scripts that ran, errors that were thrown into the page, and what its policy had to forbid. */
  readonly calls: string[];
}

/** What the element adds to a code block or table that scrolls. */
const REGION = { tabindex: /^0$/, role: /^group$/ };

/**
 * A page with the real element, in which a script that is smuggled in would run and be told of, but which may ask nobody
 * but the chat's server, and in which no string becomes markup or script (Trusted Types, where the browser has them).
 */
export class HostilePage {
  readonly #frame: HTMLIFrameElement;
  readonly #window: PageWindow;
  readonly #globals: string;

  private constructor(frame: HTMLIFrameElement) {
    this.#frame = frame;
    this.#window = frame.contentWindow as unknown as PageWindow;
    // Where a link would lead is known; nobody has to go there.
    this.#window.addEventListener('click', (event) => event.preventDefault());
    this.#globals = this.#readGlobals();
  }

  /** `server`: a site of the origin that may be asked. */
  static async open(server: Line): Promise<HostilePage> {
    const policy =
      `default-src 'none'; script-src ${location.origin} 'unsafe-inline'; connect-src ${new URL(server.src).origin}; ` +
      "require-trusted-types-for 'script'; trusted-types lit-html";
    const frame = document.createElement('iframe');
    frame.style.cssText = 'inline-size: 460px; block-size: 600px';
    const ready = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }));
    frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">
<script type="module">
  globalThis.calls = [];
  globalThis.__xss = (id) => calls.push('script ' + id);
  for (const dialog of ['alert', 'confirm', 'prompt', 'open']) globalThis[dialog] = () => void calls.push(dialog);
  addEventListener('error', ({ message }) => calls.push(message));
  addEventListener('unhandledrejection', ({ reason }) => calls.push(String(reason)));
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => calls.push(violatedDirective + ' ' + blockedURI));
  import('${location.origin}/widget/src/define.ts').then(
    () => parent.postMessage('ready', '*'),
    (error) => parent.postMessage(String(error), '*'),
  );
</script><main></main>`;
    document.body.append(frame);
    expect(await ready).to.equal('ready');
    return new HostilePage(frame);
  }

  get window(): Window {
    return this.#window;
  }

  /** The only element of the page, 420 × 560 pixels large. */
  async show(
    src: string,
    attributes: Record<string, string> = {},
    properties: object = {},
  ): Promise<ChatStreamElement> {
    const element = this.#window.document.createElement('chat-stream');
    element.style.cssText = 'display: block; inline-size: 420px; block-size: 560px';
    for (const [name, value] of Object.entries({ src, smoothing: 'off', ...attributes })) {
      element.setAttribute(name, value);
    }
    Object.assign(element, properties);
    this.#window.document.querySelector('main')!.replaceChildren(element);
    await element.updateComplete;
    return element;
  }

  /** Nothing of the invariant is broken, after everything that a visitor could do but to ask for an image. */
  async expectSafe(element: ChatStreamElement, line: Line): Promise<void> {
    for (const prose of element.shadowRoot!.querySelectorAll('.prose')) {
      expect(breaks(prose, REGION)).to.deep.equal([]);
    }
    for (const each of element.shadowRoot!.querySelectorAll<HTMLElement>('*')) {
      each.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      if (each.localName === 'a') each.click();
    }
    for (const each of element.shadowRoot!.querySelectorAll<HTMLElement>('a, summary, [tabindex]')) each.focus();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(this.#window.calls.splice(0)).to.deep.equal([]);
    expect(this.#readGlobals()).to.equal(this.#globals);
    const asked = this.#window.performance.getEntriesByType('resource').map(({ name }) => name);
    // A browser keeps no more than 250 of them.
    this.#window.performance.clearResourceTimings();
    const own = new RegExp(`^${location.origin}/(?:widget|node_modules|__w)`);
    const origin = new URL(line.src).origin;
    expect(asked.filter((url) => !own.test(url) && !url.startsWith(`${origin}/line/`))).to.deep.equal([]);
    for (const request of await line.requests()) {
      expect(request).to.match(/^(?:GET|POST) \/(?:config|sessions\/[\w-]{16,128}\/messages(?:$|[?/]))/);
    }
  }

  close(): void {
    this.#frame.remove();
  }

  #readGlobals(): string {
    const { document, location: place } = this.#window;
    const { prototype } = (this.#window as unknown as typeof globalThis).Object;
    return [Object.keys(prototype).length, document.forms.length, document.scripts.length, place.href].join(' ');
  }
}

/** The elements of the element's own markup, and the names of their attributes: no text may change them. */
export function skeleton(element: ChatStreamElement): string[] {
  return (
    [...element.shadowRoot!.querySelectorAll('*')]
      .filter((each) => !each.closest('.prose'))
      // What is heard comes at its own time; of lines it is, whatever they say.
      .filter((each) => !(each.localName === 'p' && each.parentElement?.hasAttribute('data-announcer')))
      .map((each) => `<${[each.localName, each.namespaceURI, ...each.getAttributeNames()].join(' ')}>`)
  );
}

export const textOf = (element: ChatStreamElement, selector: string): string | undefined =>
  query(element, selector)?.textContent?.trim();
