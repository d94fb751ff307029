import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub, warnings } from './page.js';
import { Line } from './server.js';
import { answer, button, field, open, openIn, query, readable, shows, until, write } from './visitor.js';

const READY = { en: 'Ready', de: 'Bereit', fr: 'Prêt', ar: 'جاهز', 'pt-BR': 'Pronto', 'zh-CN': '就绪' };

describe('languages', () => {
  let line: Line;
  const page = document.documentElement;
  const before = page.lang;
  beforeEach(async () => {
    line = await Line.open();
  });
  afterEach(() => {
    page.lang = before;
    page.removeAttribute('dir');
  });

  /** Waits until the element speaks it. */
  const speaks = (element: ChatStreamElement, language: keyof typeof READY) =>
    until(
      () => query(element, '.status')?.textContent?.trim() === READY[language] && widget(element).lang === language,
      `${language}, not ${query(element, '.status')?.textContent}`,
    );
  const widget = (element: ChatStreamElement) => query(element, '.widget')!;
  const direction = (element: ChatStreamElement) => getComputedStyle(widget(element)).direction;

  for (const [asked, spoken] of [
    ['de', 'de'],
    ['DE-at', 'de'],
    ['pt', 'pt-BR'],
    ['zh-Hans', 'zh-CN'],
    ['fi', 'en'],
    ['no language', 'en'],
  ] as const) {
    it(`speaks ${spoken} where its lang is "${asked}"`, async () => {
      page.lang = 'fr';
      await speaks(await open(line.src, { lang: asked }), spoken);
      expect(warnings).to.deep.equal([]);
    });
  }

  it('takes the language of the nearest ancestor, through shadow roots, else the browser’s', async () => {
    page.lang = 'de';
    const outer = await fixture<HTMLElement>(html`<div lang="ar"><p></p></div>`);
    const inner = outer.querySelector('p')!.attachShadow({ mode: 'open' }).appendChild(document.createElement('div'));
    const element = await openIn(inner, line.src);
    await speaks(element, 'ar');
    outer.removeAttribute('lang');
    await speaks(element, 'de');
    page.removeAttribute('lang');
    await speaks(element, 'en');
    inner.lang = 'fr';
    await speaks(element, 'fr');
    element.lang = 'pt-PT';
    await speaks(element, 'pt-BR');
    element.removeAttribute('lang');
    await speaks(element, 'fr');
    (await fixture<HTMLElement>(html`<div lang="de"></div>`)).append(element);
    await speaks(element, 'de');
    inner.lang = outer.lang = 'ar';
    await element.updateComplete;
    await speaks(element, 'de');
  });

  it('loses nothing when the language comes while a reply does', async () => {
    const element = await open(line.src, { lang: 'en' });
    const sent = element.send('Hello');
    const reply = await line.next();
    await reply.start();
    await reply.token('One **two', 2);
    await until(() => answer(element)?.textContent === 'One two', 'the words');
    await write(element, 'a draft');
    field(element).setSelectionRange(2, 4);
    const nodes = [answer(element), answer(element).firstChild, field(element), query(element, '.scroll')];
    element.lang = 'de';
    await until(() => button(element, 'Antwort anhalten'), 'German');
    expect(readable(element)).to.include('Antwortet');
    expect([
      answer(element),
      answer(element).firstChild,
      field(element),
      query(element, '.scroll'),
    ]).to.have.ordered.members(nodes);
    expect([field(element).value, field(element).selectionStart, field(element).selectionEnd]).to.deep.equal([
      'a draft',
      2,
      4,
    ]);
    expect(element.shadowRoot!.activeElement).to.equal(field(element));
    await reply.token('**, three', 3);
    await reply.finish(4);
    expect((await sent).content).to.equal('One **two**, three');
    await until(() => answer(element).textContent === 'One two, three', 'the rest');
  });

  it('says also in a reply that is drawn what it has added to it, and makes nothing of it anew', async () => {
    const element = await open(line.src, { lang: 'en' });
    stub(navigator, 'clipboard', { writeText: () => Promise.resolve() } as unknown as Clipboard);
    void element.send('Hello');
    const reply = await line.next();
    await reply.start();
    await reply.event({ type: 'sources', sources: [{ id: 'a', title: 'Returns' }] }, 2);
    const wide = 'wide '.repeat(60);
    const blocks = [
      `- [x] one\n- [ ] two [a]`,
      '![A cup](https://example.com/cup.png) ![](https://example.com/b.png)',
      `| ${wide} | ${wide} | 3 | 4 | 5 |\n|---|---|---|---|---|`,
      `\`\`\`\n${wide}\n\`\`\`\n`,
    ];
    await reply.token(blocks.join('\n\n'), 3);
    await reply.finish(4);
    await until(() => answer(element)?.querySelectorAll('[tabindex]').length === 2, 'regions that scroll');
    const nodes = () => [...answer(element).querySelectorAll('.cite, input, .image-load, .table, pre, .code-copy')];
    const names = () => nodes().map((node) => node.ariaLabel ?? node.textContent);
    const drawn = nodes();
    expect(names()).to.include.members(['Copy', 'Table', 'Load image: Image, example.com']);
    element.lang = 'de';
    await speaks(element, 'de');
    expect(nodes()).to.have.ordered.members(drawn);
    expect(names()).to.deep.equal([
      'Erledigt',
      'Zu erledigen',
      'Quelle 1: Returns',
      'Bild laden: A cup, example.com',
      'Bild laden: Bild, example.com',
      'Tabelle',
      'Kopieren',
      'Code',
    ]);
    expect(answer(element).innerText).to.include('Bild');
    const copy = answer(element).querySelector<HTMLElement>('.code-copy')!;
    copy.click();
    await until(() => copy.textContent === 'Kopiert', 'to be told of it');
    await until(() => copy.textContent === 'Kopieren', 'to be asked again');
  });

  it('says of its texts which language they are in, and of what is written the one of the page', async () => {
    const element = await open(line.src, { lang: 'fa' });
    await speaks(element, 'en');
    void element.send('سلام');
    const reply = await line.next();
    await reply.start();
    await reply.event({ type: 'sources', sources: [{ id: '1', title: 'بازگشت کالا' }] }, 2);
    await reply.token('درود', 3);
    await reply.finish(4);
    await until(() => button(element, 'Copy'), 'the end');
    const languages = (...selectors: string[]) =>
      selectors.map((selector) => query(element, selector)!.closest<HTMLElement>('[lang]')!.lang);
    expect(languages('.bubble', '.prose', '.sources li')).to.deep.equal(['fa', 'fa', 'fa']);
    expect(languages('.answer [role=heading]', '.sources ol', '.tools')).to.deep.equal(['en', 'en', 'en']);
  });

  it('keeps the language before while the next is loaded', async () => {
    const element = await open(line.src, { lang: 'de' });
    await speaks(element, 'de');
    const seen = new Set<string>();
    const watch = new MutationObserver(() => seen.add(query(element, '.status')!.textContent!.trim()));
    watch.observe(element.shadowRoot!, { subtree: true, childList: true, characterData: true });
    element.lang = 'it';
    await until(() => widget(element).lang === 'it', 'Italian');
    watch.disconnect();
    expect([...seen]).to.deep.equal(['Pronto']);
  });

  it('takes texts of the page one by one, and a language that the page adds', async () => {
    const element = await open(line.src, { lang: 'de' });
    element.strings = { send: 'Ab damit' };
    await speaks(element, 'de');
    expect(button(element, 'Ab damit')).to.exist;
    expect(field(element).placeholder).to.equal('Fragen Sie etwas');
    element.strings = {};
    element.lang = 'sv';
    await speaks(element, 'en');
    const { addStrings } = customElements.get('chat-stream') as unknown as typeof ChatStreamElement;
    addStrings('sv', { statusReady: 'Redo' });
    await until(() => readable(element).includes('Redo'), 'Swedish');
    expect(widget(element).lang).to.equal('sv');
    expect(field(element).placeholder).to.equal('Ask anything');
    expect(() => addStrings('s v', {})).to.throw(RangeError, '"s v" is no language tag');
  });

  it('is written from right to left where its texts are, and the page says no other', async () => {
    const element = await open(line.src, { lang: 'ar' });
    await speaks(element, 'ar');
    expect(direction(element)).to.equal('rtl');
    element.dir = 'ltr';
    await element.updateComplete;
    expect(direction(element)).to.equal('ltr');
    element.removeAttribute('dir');
    element.removeAttribute('lang');
    await speaks(element, 'en');
    expect(direction(element)).to.equal('ltr');
    page.dir = 'rtl';
    await until(() => direction(element) === 'rtl', 'the direction of the page');
    element.lang = 'de';
    await speaks(element, 'de');
    expect(direction(element)).to.equal('ltr');
  });

  it('gives what is quoted, listed or tabled in another direction the room on its own side', async () => {
    const element = await open(line.src, { lang: 'ar' });
    await speaks(element, 'ar');
    void element.send('Hello');
    const reply = await line.next();
    await reply.start();
    const blocks = (text: 'English' | 'عربي') =>
      `> ${text}\n\n1. ${text}\n2. ${text}\n\n| ${text}, a long head | 1 |\n| --- | --- |\n| ${text === 'English' ? 'عربي جدا' : 'English too'} | 2 |\n\n`;
    await reply.token(blocks('English') + blocks('عربي'), 2);
    await reply.finish(3);
    await until(
      () => element.status === 'done' && answer(element).querySelectorAll('.table').length === 2,
      'the tables',
    );
    const root = answer(element);
    const sides = (selector: string, property: 'borderLeftWidth' | 'marginLeft') =>
      [...root.querySelectorAll(selector)].map((node) => parseFloat(getComputedStyle(node)[property]) > 1);
    expect(sides('blockquote', 'borderLeftWidth'), 'bar on the left').to.deep.equal([true, false]);
    expect(sides('li:first-child', 'marginLeft'), 'numbers on the left').to.deep.equal([true, false]);
    const isFirstOnLeft = [...root.querySelectorAll('thead tr')].map(
      ({ firstElementChild: first, lastElementChild: last }) =>
        first!.getBoundingClientRect().left < last!.getBoundingClientRect().left,
    );
    expect(isFirstOnLeft, 'first column on the left').to.deep.equal([true, false]);
    const text = (cell: Element) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect();
    };
    const edges = [...root.querySelectorAll('table')].map((table, index) =>
      [...table.querySelectorAll('th:first-child, td:first-child')].map((cell) =>
        Math.round(index === 0 ? text(cell).left : text(cell).right),
      ),
    );
    for (const [head, cell] of edges) expect(cell, 'a column in line').to.equal(head);
  });

  it('counts down, and counts, in the digits of the language', async () => {
    const element = await open(line.src, { lang: 'hi-u-nu-deva' });
    await until(() => widget(element).lang === 'hi', 'Hindi');
    element.strings = { lang: 'hi-u-nu-deva' };
    void element.send('Hello');
    await (await line.next()).problem(429, 'rate_limited', { 'Retry-After': '18' });
    await shows(element, '०:१');
  });

  it('leaves nothing behind when it is gone', async () => {
    const element = await open(line.src);
    await speaks(element, 'en');
    element.remove();
    let updates = 0;
    const update = element.requestUpdate.bind(element);
    element.requestUpdate = (...args) => {
      updates++;
      update(...args);
    };
    page.lang = 'de';
    dispatchEvent(new Event('languagechange'));
    (customElements.get('chat-stream') as unknown as typeof ChatStreamElement).addStrings('sv', {});
    await until(() => page.lang === 'de', 'a turn of the page');
    expect(updates).to.equal(0);
  });
});
