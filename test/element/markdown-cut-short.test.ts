import { expect } from '@open-wc/testing';
import { MarkdownText } from '../../widget/src/view/markdown-text.js';

describe('a text that broke off', () => {
  /** As it stands where it came whole. */
  function looks(text: string): string {
    const root = document.createElement('div');
    new MarkdownText(root, { images: 'allow' }).show(text, Infinity, 'whole');
    return root.innerHTML;
  }

  it('goes on as if it had not, where it had ended in words, in the same nodes', () => {
    const root = document.createElement('div');
    const text = new MarkdownText(root, { images: 'allow' });
    text.show('One **two thr', Infinity);
    const strong = root.querySelector('strong');
    expect(text.show('One **two thr', Infinity, 'cut-short'), 'changes the page').to.be.false;
    expect(text.show('One **two three** [four](/a)', Infinity)).to.be.true;
    expect(root.querySelector('strong')).to.equal(strong);
    text.show('One **two three** [four](/a)', Infinity, 'whole');
    expect(root.innerHTML).to.equal(looks('One **two three** [four](/a)'));
  });

  it('goes on exactly where something had waited', () => {
    const root = document.createElement('div');
    const text = new MarkdownText(root, { images: 'allow' });
    for (const [before, shown, after] of [
      ['Wow!', 'Wow!', 'Wow![one](/a.png)'],
      ['| a | b |', '| a | b |', '| a | b |\n|---|---|\n| 1 | 2 |'],
      ['[a]: /u', '', '[a]: /u/v\n\n[a]'],
      ['In\n\n2', 'In2', 'In\n\n2. two'],
    ] as const) {
      text.show(before, Infinity);
      expect(text.show(before, Infinity, 'cut-short'), before).to.be.true;
      expect(root.textContent).to.equal(shown);
      text.show(after, Infinity);
      text.show(after, Infinity, 'whole');
      expect(root.innerHTML).to.equal(looks(after));
      text.show('', Infinity);
    }
  });

  it('is whole where it turns out that nothing is missing', () => {
    const root = document.createElement('div');
    const text = new MarkdownText(root, {});
    text.show('**a!', Infinity, 'cut-short');
    expect(root.textContent).to.equal('a!');
    text.show('**a!', Infinity, 'whole');
    expect(root.textContent).to.equal('**a!');
  });
});
