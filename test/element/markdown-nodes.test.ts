import { expect } from '@open-wc/testing';
import { DomSink, MarkdownParser } from '../../widget/src/markdown/index.js';

it('keeps a selection between links whose definitions come later', () => {
  const root = document.createElement('div');
  document.body.append(root);
  const parser = new MarkdownParser(new DomSink(root));
  parser.write('See *this*, [the docs][a] and [these][b], for it, [all][a] of it.\n\n');
  const ranges: [string, Range][] = [];
  const chosen = root.querySelector('p')!.lastChild as Text;
  for (const words of ['and', 'for it', 'of it']) {
    const start = chosen.data.indexOf(words);
    const range = new Range();
    range.setStart(chosen, start);
    range.setEnd(chosen, start + words.length);
    ranges.push([words, range]);
  }
  parser.write('[b]: /b\n\n');
  parser.write('[a]: /a\n\nAll.');
  expect(root.textContent).to.equal('See this, the docs and these, for it, all of it.All.');
  expect(ranges.map(([, range]) => range.toString())).to.deep.equal(ranges.map(([words]) => words));
  root.remove();
});

it('gives a table the direction of its first letter', () => {
  const root = document.createElement('div');
  const parser = new MarkdownParser(new DomSink(root));
  const rows = '\n|-|-|\n| 1 | ד |\n\n';
  for (const letter of `| # | שם |${rows}| a | שם |${rows}| 1 | 2 |${rows}| 1 | 2 |\n|-|-|\n\n- | א | b |\n  |-|-|`) {
    parser.write(letter);
  }
  parser.end();
  expect([...root.querySelectorAll<HTMLElement>('.table')].map(({ dir }) => dir)).to.deep.equal([
    'rtl',
    'ltr',
    'rtl',
    '',
    'rtl',
  ]);
});

it('keeps the host of a link that has no words where its paragraph is read again', () => {
  const root = document.createElement('div');
  const parser = new MarkdownParser(new DomSink(root));
  parser.write('*a [](https://a.example) [b.example](https://c.example)');
  const hosts = [...root.querySelectorAll('.link-host')];
  expect(hosts.map(({ textContent }) => textContent)).to.deep.equal(['(a.example)', '(c.example)']);
  parser.write(' and [](https://d.example)\nmore*');
  parser.end();
  expect(root.textContent).to.equal('a  (a.example) b.example (c.example) and  (d.example)\nmore');
  expect(root.querySelector('.link-host')).to.equal(hosts[0]);
});
