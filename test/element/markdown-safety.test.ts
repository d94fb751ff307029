import { expect } from '@open-wc/testing';
import { executeServerCommand } from '@web/test-runner-commands';
import type * as Markdown from '../../widget/src/markdown/index.js';
import { breaks } from './invariant.js';

interface Case {
  readonly id: number;
  readonly name: string;
  readonly md?: string;
  readonly chunks?: readonly string[];
}
interface Corpus {
  readonly cases: readonly Case[];
  readonly pathological: readonly { readonly name: string; readonly parts: readonly (readonly [string, number])[] }[];
}

/** A page of its own, in which nothing may be fetched, and no string may become a script or markup. */
const POLICY =
  `default-src 'none'; script-src ${location.origin} 'unsafe-inline'; ` +
  "require-trusted-types-for 'script'; trusted-types 'none'";
const PAGE = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<script type="module">
  globalThis.calls = [];
  globalThis.__xss = (id) => calls.push(id);
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => calls.push(violatedDirective + ' ' + blockedURI));
  import('${location.origin}/widget/src/markdown/index.ts').then(
    (module) => { globalThis.Markdown = module; parent.postMessage('ready', '*'); },
    (error) => parent.postMessage(String(error), '*'),
  );
</script><main></main>`;

interface Page extends Window {
  readonly Markdown: typeof Markdown;
  readonly calls: unknown[];
  readonly Element: typeof Element;
}

describe('hostile Markdown', () => {
  let corpus: Corpus;
  let frame: HTMLIFrameElement;
  let page: Page;
  let main: HTMLElement;

  before(async () => {
    corpus = (await executeServerCommand('corpus', 'xss')) as Corpus;
    frame = document.createElement('iframe');
    const ready = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }));
    frame.srcdoc = PAGE;
    document.body.append(frame);
    expect(await ready).to.equal('ready');
    page = frame.contentWindow as unknown as Page;
    main = page.document.querySelector('main')!;
    // Where a link would lead is known; nobody has to go there.
    page.addEventListener('click', (event) => event.preventDefault());
  });
  after(() => frame.remove());

  /** Shows a text piece by piece and answers what was wrong at any moment. */
  function show(pieces: readonly string[], every: number): string[] {
    main.replaceChildren();
    const parser = new page.Markdown.MarkdownParser(new page.Markdown.DomSink(main));
    const found = new Set<string>();
    const look = () => {
      for (const each of breaks(main)) found.add(each);
    };
    pieces.forEach((piece, index) => {
      parser.write(piece);
      if (index % every === every - 1) look();
    });
    parser.end();
    look();
    return [...found];
  }

  /** Everything a visitor could do to it, but to ask for an image. */
  function touch(): void {
    for (const element of main.querySelectorAll<HTMLElement>('*')) {
      element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      element.focus();
      const isScript =
        element instanceof page.Element &&
        element.localName === 'a' &&
        /script|data/.test((element as HTMLAnchorElement).protocol);
      if (element.localName === 'a' && !isScript) element.click();
    }
  }

  it('makes nothing but the elements and attributes that are known, whole and at every prefix', () => {
    const wrong: string[] = [];
    const globals = [Object.keys(Object.prototype).length, page.document.forms.length, page.location.href];
    for (const { id, name, md, chunks } of corpus.cases) {
      const source = md ?? chunks?.join('') ?? '';
      const ways = [[source], source.split(''), ...(chunks ? [chunks] : [])];
      ways.forEach((pieces, way) => {
        const found = show(pieces, way === 1 && pieces.length > 200 ? 7 : 1);
        touch();
        if (found.length > 0) wrong.push(`${id} ${name}: ${found.join(', ')}`);
      });
    }
    expect(corpus.cases.length).to.be.greaterThan(250);
    expect(wrong.join('\n')).to.equal('');
    expect([Object.keys(Object.prototype).length, page.document.forms.length, page.location.href]).to.deep.equal(
      globals,
    );
  });

  it('has run no script, fetched nothing, and violated no policy', async () => {
    await new Promise((resolve) => page.requestAnimationFrame(() => page.requestAnimationFrame(resolve)));
    expect(page.calls).to.deep.equal([]);
    expect(
      page.performance
        .getEntriesByType('resource')
        .filter(({ name }) => !name.includes('/widget/src/') && !name.includes('__web-dev')),
    ).to.deep.equal([]);
  });

  it('shows what is meant to blow up', function () {
    this.timeout(60_000);
    for (const { name, parts } of corpus.pathological) {
      const source =
        name === 'backticks-growing' ? growingTicks() : parts.map(([text, count]) => text.repeat(count)).join('');
      const begun = source.slice(0, source.length / 4).match(/[^]{1,512}/g) ?? [];
      for (const pieces of [[source], begun]) expect(show(pieces, Infinity), name).to.deep.equal([]);
    }
  });

  const growingTicks = () => Array.from({ length: 1_000 }, (_, length) => `e${'`'.repeat(length)}`).join('');
});
