import { expect } from '@open-wc/testing';
import { DomSink, MarkdownParser } from '../../widget/src/markdown/index.js';

const IMAGE = '![cat](/u)';
const HEBREW = 'שלום עולם';

function render(pieces: readonly string[]): HTMLElement {
  const root = document.createElement('div');
  const parser = new MarkdownParser(new DomSink(root));
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return root;
}

describe('the direction of a block', () => {
  /** As laid out, of a text that came whole and by the character. */
  function expectLayout(text: string, directions: Readonly<Record<string, readonly string[]>>, ofPage = 'ltr'): void {
    for (const pieces of [[text], text.split('')]) {
      const root = render(pieces);
      root.dir = ofPage;
      document.body.append(root);
      for (const [selector, expected] of Object.entries(directions)) {
        const found = [...root.querySelectorAll(selector)].map((block) => getComputedStyle(block).direction);
        expect(found, selector).to.deep.equal(expected);
      }
      root.remove();
    }
  }
  const attributes = (text: string, selector: string) =>
    [...render(text.split('')).querySelectorAll<HTMLElement>(selector)].map(({ dir }) => dir).join(' ');

  for (const ofPage of ['ltr', 'rtl']) {
    it(`is that of its first letter, on a page that is ${ofPage}`, () => {
      const text = '1. *א* a\n2. **12** a א\n\n# שלום\n\n(a) א\n\n| ا | b |\n|-|-|\n| 1𞤀 | 1 |';
      const directions = {
        li: ['rtl', 'ltr'],
        'li > p': ['rtl', 'ltr'],
        h1: ['rtl'],
        'div > p': ['ltr'],
        'th, td': ['rtl', 'ltr', 'rtl', 'rtl'],
      };
      expectLayout(text, directions, ofPage);
    });
  }

  it('is not that of a piece of code', () => {
    expectLayout('`code` שלום\n\n**`a` ש**\n\n- `npm ci` ש', { p: ['rtl', 'rtl', 'rtl'] });
  });

  it('is also that of the quotations and items it is the first block of', () => {
    expectLayout('> שלום\n\n- > שלום\n\n- - hello\n\n> - שלום', {
      blockquote: ['rtl', 'rtl', 'rtl'],
      li: ['rtl', 'ltr', 'ltr', 'rtl'],
    });
  });

  it('is not that of the text that stood there while an image came', () => {
    expect(attributes(`${IMAGE} ${HEBREW}\n\n${IMAGE} a`, 'p')).to.equal('rtl ltr');
    expect(attributes(IMAGE, 'p')).to.equal('');
    expect(attributes(`- ${IMAGE} ${HEBREW}\n- ${IMAGE}\n\n  ${HEBREW}\n- ${IMAGE}`, 'li')).to.equal('rtl rtl ');
    expect(attributes(`[${IMAGE} ${HEBREW}](/v)`, 'a')).to.equal('rtl');
    expect(attributes(`1 | ${IMAGE}\n-|-\n${IMAGE} ${HEBREW} | a`, '.table')).to.equal('rtl');
  });

  it('is not that of an image whose address comes after the block', () => {
    expect(attributes(`- ![a][cat]\n\n  ${HEBREW}\n\n  a\n- ![a][cat]\n\n[cat]: /u`, 'li')).to.equal('rtl ');
    expect(attributes(`- ![a][cat] ${HEBREW}\n\n[cat]: /u`, 'li')).to.equal('rtl');
  });

  it('is not that of code or raw HTML behind it', () => {
    expect(attributes(`- 12\n\n      code\n\n  ${HEBREW}`, 'li, p')).to.equal('rtl  rtl');
    expect(attributes(`12\n\n<div>${HEBREW}</div>`, 'p')).to.equal(' ');
  });

  it('is not looked for in the elements of the page around it', () => {
    const item = document.createElement('li');
    new MarkdownParser(new DomSink(item)).write('א');
    expect(item.dir).to.equal('');
    expect(item.querySelector('p')!.dir).to.equal('rtl');
  });
});
