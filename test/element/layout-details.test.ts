import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub } from './page.js';
import { type Exchange, Line } from './server.js';
import { announced, answer, answers, ask, open, press, query, shows, status, until } from './visitor.js';

const ARABIC = 'مرحبا بكم في المحادثة';
const SOURCES = [{ id: '1', title: 'Server-sent events', url: 'https://html.spec.whatwg.org/' }];

/** Where the words of a node stand. */
function boxOf(node: Node): DOMRect {
  const range = document.createRange();
  range.selectNodeContents(node);
  return range.getBoundingClientRect();
}

describe('where things stand', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  async function begin(element: ChatStreamElement): Promise<Exchange> {
    await ask(element);
    return (await line.next('POST', '/stream')).start();
  }

  it('a word that is wider than the chat is broken: in the greeting, and in what can be asked', async () => {
    const word = 'Rechtsschutzversicherungsgesellschaften'.repeat(2);
    const element = await open(line.src, { greeting: word });
    element.suggestions = [word];
    await shows(element, word);
    const { scrollWidth, clientWidth } = query(element, '.scroll')!;
    expect(scrollWidth).to.equal(clientWidth);
  });

  it("a source's number stands beside the first line of a long title", async () => {
    const element = await open(line.src);
    element.style.inlineSize = '280px';
    const request = await begin(element);
    const title = 'Delivery within the country, to the islands and abroad, by road, by sea and by air';
    await request.event({ type: 'sources', sources: [{ ...SOURCES[0], title }] }, 2);
    await request.token('Two days [1].', 3);
    await request.finish(4);
    await until(() => query(element, '.sources a'), 'the source');
    const link = query(element, '.sources a')!;
    // Where a number stands cannot be asked: on the line of what comes first.
    link.before('\u200B');
    const lines = document.createRange();
    lines.selectNodeContents(link);
    const [first, second] = lines.getClientRects();
    expect(second!.top, 'more than a line').to.be.above(first!.top + 10);
    expect(boxOf(link.previousSibling!).top).to.be.closeTo(first!.top, 2);
  });

  for (const lang of ['en', 'ar']) {
    it(`a text begins at its own side, on a page in "${lang}"`, async () => {
      const element = await open(line.src, { lang });
      const request = await begin(element);
      await request.token(`English words\n\n${ARABIC}\n\n- item\n\n\`\`\`\n  code\n\`\`\`\n`, 2);
      await until(() => answer(element).querySelector('code'), 'the text');
      await until(() => query(element, '.widget')?.lang === lang, 'the language');
      const bounds = answer(element).getBoundingClientRect();
      const [english, arabic] = [...answer(element).querySelectorAll(':scope > p')].map(boxOf);
      expect(english!.left - bounds.left, 'English').to.be.below(2);
      expect(bounds.right - arabic!.right, 'Arabic').to.be.below(2);
      const code = answer(element).querySelector('pre')!;
      expect(boxOf(code.querySelector('code')!).left - code.getBoundingClientRect().left, 'code').to.be.below(40);
      const item = answer(element).querySelector('li')!;
      expect(boxOf(item).left - item.getBoundingClientRect().left, 'item').to.be.below(40);
    });

    it(`the host of a source is a blank and more away from its title, on a page in "${lang}"`, async () => {
      const element = await open(line.src, { lang });
      const request = await begin(element);
      await request.event({ type: 'sources', sources: SOURCES }, 2);
      await request.token('Yes [1].', 3);
      await request.finish(4);
      await until(() => query(element, '.sources a'), 'the source');
      const link = query(element, '.sources a')!.getBoundingClientRect();
      const host = boxOf(query(element, '.sources .host')!);
      expect(Math.max(host.left - link.right, link.left - host.right)).to.be.above(4);
      // WCAG 2.5.8.
      expect(link.height).to.be.at.least(24);
    });
  }

  /** English whose stop is left of its last letter, as where it stands in a text from right to left. */
  function beginsWithItsStop(element: ChatStreamElement): string[] {
    const words = document.createTreeWalker(query(element, '.panel')!, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const found: string[] = [];
    while (words.nextNode()) {
      const text = words.currentNode as Text;
      const stop = /[.…?]\s*$/.exec(text.data)?.index ?? 0;
      const rightOf = (index: number) => {
        range.setStart(text, index);
        range.setEnd(text, index + 1);
        return range.getBoundingClientRect().right;
      };
      const isSeen = !text.parentElement!.matches('.visually-hidden') && /^\s*[a-z]/i.test(text.data);
      if (isSeen && stop > 0 && rightOf(stop) < rightOf(stop - 1)) found.push(text.data);
    }
    return found;
  }

  it('the site’s own words end where their language does, on a page in another direction', async () => {
    const element = await open(line.src, { lang: 'ar', greeting: 'Ask us.', disclosure: 'Check what matters.' });
    await until(() => query(element, '.widget')?.lang === 'ar', 'the language');
    expect(beginsWithItsStop(element)).to.deep.equal([]);
  });

  it('English that is shown for want of another language ends where it does, on a page from right to left', async () => {
    const element = await open(line.src, { dir: 'rtl', disclosure: 'Check what matters.' });
    const expectEnds = async (text: string) => {
      await shows(element, text);
      expect(beginsWithItsStop(element), text).to.deep.equal([]);
    };
    await expectEnds('Ask a question.');
    stub(navigator, 'onLine', false);
    dispatchEvent(new Event('offline'));
    await expectEnds('You are offline.');
    stub(navigator, 'onLine', true);
    dispatchEvent(new Event('online'));
    await ask(element);
    const request = await (await line.next('POST', '/stream')).start();
    await expectEnds('Thinking…');
    await request.token('Half', 2);
    await answers(element, 'Half');
    await ask(element, 'More');
    await expectEnds('The reply is still coming.');
    await press(element, 'Stop the reply');
    await expectEnds('You stopped this reply.');
    await ask(element, 'Again');
    await (await line.next('POST', '/stream')).answer(404, 'text/html', '<h1>Not found</h1>');
    await expectEnds('The chat is not set up correctly.');
  });

  it('the hint and the count are as wide as the field, in a wide panel', async () => {
    const element = await open(line.src, { 'max-length': '12' });
    element.style.inlineSize = '1100px';
    await begin(element);
    await ask(element, 'Twelve signs');
    const sides = (selector: string) => {
      const { left, right } = query(element, selector)!.getBoundingClientRect();
      return [Math.round(left), Math.round(right)];
    };
    const lines = element.shadowRoot!.querySelectorAll('.foot > .aside');
    expect(lines).to.have.length(2);
    expect(sides('.foot > .count')).to.deep.equal(sides('.field'));
    expect(sides('.foot > .fine')).to.deep.equal(sides('.field'));
  });

  it('a page’s rule for all elements changes neither its colours nor its letters', async () => {
    const look = async () => {
      const element = await open(line.src);
      const { color, fontFamily, letterSpacing } = getComputedStyle(query(element, '.hello')!);
      return [color, fontFamily, letterSpacing];
    };
    const before = await look();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { color: rgb(1 2 3); font-family: fantasy; letter-spacing: 9px }');
    document.adoptedStyleSheets.push(sheet);
    try {
      expect(await look()).to.deep.equal(before);
    } finally {
      document.adoptedStyleSheets.pop();
    }
  });

  it('the mark of the focus is whole around the conversation', async () => {
    const element = await open(line.src);
    await (await begin(element)).finish(2);
    await status(element, 'done');
    const fade = () => getComputedStyle(query(element, '.fade')!).display;
    expect(fade()).to.equal('block');
    // As by Tab: with a mark.
    query(element, '.scroll')!.focus({ focusVisible: true } as FocusOptions);
    expect(fade()).to.equal('none');
  });

  it('what a draft waits for is heard', async () => {
    const element = await open(line.src);
    await begin(element);
    await ask(element, 'Second');
    expect(announced(element, 'log')).to.include('The reply is still coming. Press Escape to stop it.');
  });

  it('a page can hide the element, and keep the pointer out', async () => {
    const element = await open(line.src);
    const field = getComputedStyle(query(element, 'textarea')!);
    const { visibility, pointerEvents } = field;
    expect([visibility, pointerEvents]).to.deep.equal(['visible', 'auto']);
    Object.assign(element.style, { visibility: 'hidden', pointerEvents: 'none' });
    expect(field.visibility).to.equal('hidden');
    expect(field.pointerEvents).to.equal('none');
  });

  it('what is said can be selected, whatever the page says, and has the letters of its language', async () => {
    const element = await open(line.src, { lang: 'ja' });
    element.parentElement!.style.cssText = 'user-select: none; -webkit-user-select: none';
    await until(() => query(element, '.widget')?.lang === 'ja', 'the language');
    const { userSelect, webkitUserSelect } = getComputedStyle(query(element, '.widget')!);
    expect(userSelect || webkitUserSelect).to.equal('text');
    // Only Chromium and WebKit tell it.
    const locale = getComputedStyle(query(element, '.panel')!).getPropertyValue('-webkit-locale');
    expect(locale.replaceAll('"', '')).to.equal(CSS.supports('-webkit-locale', 'auto') ? 'ja' : '');
  });
});
