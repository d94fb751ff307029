import { expect } from '@open-wc/testing';
import { DomSink, MarkdownParser } from '../../widget/src/markdown/index.js';

function render(pieces: readonly string[]): HTMLElement {
  const root = document.createElement('div');
  const parser = new MarkdownParser(new DomSink(root));
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return root;
}

describe('the direction of a block', () => {
  const directionOf = (root: Element, selector: string) =>
    [...root.querySelectorAll(selector)].map((element) => getComputedStyle(element).direction);

  for (const direction of ['ltr', 'rtl'] as const) {
    it(`is that of its first letter, on a page that is ${direction}`, () => {
      const text = '1. *א* a\n2. **12** a א\n\n# שלום\n\n(a) א\n\n| ا | b |\n|-|-|\n| 1𞤀 | 1 |';
      for (const pieces of [[text], text.split('')]) {
        const root = render(pieces);
        root.dir = direction;
        document.body.append(root);
        expect(directionOf(root, 'li')).to.deep.equal(['rtl', 'ltr']);
        expect(directionOf(root, 'li > p')).to.deep.equal(['rtl', 'ltr']);
        expect(directionOf(root, 'h1')).to.deep.equal(['rtl']);
        expect(directionOf(root, 'div > p')).to.deep.equal(['ltr']);
        expect(directionOf(root, 'th, td')).to.deep.equal(['rtl', 'ltr', 'rtl', 'rtl']);
        root.remove();
      }
    });
  }

  it('is not that of a piece of code', () => {
    const text = '`code` שלום\n\n**`a` ש**\n\n- `npm ci` ש';
    for (const pieces of [[text], text.split('')]) {
      const root = render(pieces);
      document.body.append(root);
      expect(directionOf(root, 'p')).to.deep.equal(['rtl', 'rtl', 'rtl']);
      root.remove();
    }
  });

  it('is also that of the quotations and items it is the first block of', () => {
    const text = '> שלום\n\n- > שלום\n\n- - hello\n\n> - שלום';
    for (const pieces of [[text], text.split('')]) {
      const root = render(pieces);
      document.body.append(root);
      expect(directionOf(root, 'blockquote')).to.deep.equal(['rtl', 'rtl', 'rtl']);
      expect(directionOf(root, 'li')).to.deep.equal(['rtl', 'ltr', 'ltr', 'rtl']);
      root.remove();
    }
  });

  it('is not looked for in the elements of the page around it', () => {
    const item = document.createElement('li');
    new MarkdownParser(new DomSink(item)).write('א');
    expect(item.dir).to.equal('');
    expect(item.querySelector('p')!.dir).to.equal('rtl');
  });
});
