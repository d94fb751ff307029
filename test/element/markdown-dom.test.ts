import { expect } from '@open-wc/testing';
import { executeServerCommand } from '@web/test-runner-commands';
import { DomSink, type DomSinkOptions, type MarkdownOptions, MarkdownParser } from '../../widget/src/markdown/index.js';

interface Example {
  readonly number: number;
  readonly markdown: string;
  readonly html: string;
}

/** A name of the 2,000 that no text uses. */
const LEFT_OUT = 25;

function render(pieces: readonly string[], options: MarkdownOptions = { gfm: false }): HTMLElement {
  const root = document.createElement('div');
  const parser = new MarkdownParser(new DomSink(root, { images: 'allow' }), options);
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return root;
}

/** Without what the renderer adds around code and links, and without the paragraphs of a tight list. */
function bare(root: Element): Element {
  for (const frame of root.querySelectorAll('.code')) frame.replaceWith(frame.querySelector('pre')!);
  for (const host of root.querySelectorAll('.link-host')) {
    host.previousSibling!.remove();
    host.remove();
  }
  for (const list of root.querySelectorAll(':is(ul, ol):not(.loose)')) {
    for (const paragraph of list.querySelectorAll(':scope > li > p:not(.html)')) {
      paragraph.replaceWith(...paragraph.childNodes);
    }
  }
  root.normalize();
  return root;
}

const KEPT = ['start', 'class', 'title', 'alt'];

function serialize(node: Node): string {
  if (node instanceof Text) {
    const isLayout =
      node.data.trim() === '' && !(node.parentElement?.closest('pre, p, li, h1, h2, h3, h4, h5, h6') ?? false);
    return isLayout ? '' : node.data;
  }
  if (!(node instanceof Element)) return '';
  const name = node.localName;
  const attributes = KEPT.flatMap((attribute) => {
    const value = node.getAttribute(attribute);
    return value === null || (attribute === 'class' && name !== 'code') ? [] : [`${attribute}=${value}`];
  });
  const address = node.getAttribute('href') ?? node.getAttribute('src');
  if (address !== null) attributes.push(new URL(address, document.baseURI).href);
  const isBlockParent = /^(?:ul|ol|blockquote|div)$/.test(name);
  const children = [...node.childNodes].map((child) =>
    isBlockParent && child instanceof Text ? child.data.trim() : serialize(child),
  );
  const inner = name === 'li' ? children.join('').replaceAll(/^\n|\n$|\n(?=<)|(?<=>)\n/g, '') : children.join('');
  return `<${name} ${attributes.join(' ')}>${inner}</${name}>`;
}

describe('the DOM of every CommonMark example', () => {
  let examples: readonly Example[];
  before(async () => {
    examples = (await executeServerCommand('corpus', 'commonmark')) as readonly Example[];
  });

  function expected({ html }: Example): string {
    const root = new DOMParser().parseFromString(`<div>${html}</div>`, 'text/html').body.firstElementChild!;
    // A link that may not be followed is its text.
    for (const link of root.querySelectorAll('a')) {
      if (!/^(?:https?|mailto|tel):/.test(link.protocol)) link.replaceWith(...spanOf(link));
    }
    // A class is a language's name, or none.
    for (const code of root.querySelectorAll('code[class]')) {
      if (!/^language-[a-z\d+#-]{1,32}$/.test(code.className)) code.removeAttribute('class');
    }
    return serialize(root);
  }

  const spanOf = (link: Element): [HTMLElement] => {
    const span = document.createElement('span');
    span.append(...link.childNodes);
    return [span];
  };

  for (const [how, cut] of [
    ['whole', (text: string) => [text]],
    ['by the character', (text: string) => text.split('')],
  ] as const) {
    it(`is as the specification has it, ${how}`, () => {
      const wrong: string[] = [];
      for (const example of examples) {
        if (example.number === LEFT_OUT) continue;
        const actual = serialize(bare(render(cut(example.markdown))));
        const wanted = expected(example);
        if (actual !== wanted) wrong.push(`${example.number}\n  is     ${actual}\n  wanted ${wanted}`);
      }
      expect(examples).to.have.length(652);
      expect(wrong.join('\n')).to.equal('');
    });
  }
});

describe('a paragraph that becomes something else', () => {
  for (const [name, text, expected] of [
    ['a table', 'a|b\n-|-\n', 'div'],
    ['a paragraph and a table', 'c\na|b\n-|-\n', 'p div'],
    ['a heading', 'a\n---\n', 'h2'],
  ] as const) {
    it(`leaves nothing of itself: ${name}`, () => {
      for (const pieces of [[text], text.split('')]) {
        const names = [...render(pieces, { gfm: true }).children].map(({ localName }) => localName);
        expect(names.join(' ')).to.equal(expected);
      }
    });
  }
});

describe('64 KB that a careless renderer takes minutes for', () => {
  const LENGTH = 65_536;
  const texts = {
    'an address without an end': `http://${'a.b-'.repeat(LENGTH / 4)}`,
    'links without a text': '[]()'.repeat(LENGTH / 4),
    'quotes without a letter': '> '.repeat(LENGTH / 2),
    'references before their definitions': `${'[r1] [r2] [r3] '.repeat(LENGTH / 15)}\n\n[r1]: /\n\n[r2]: /\n\n[r3]: /`,
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`is shown: ${name}`, function () {
      this.timeout(20_000);
      const root = document.createElement('div');
      document.body.append(root);
      const parser = new MarkdownParser(new DomSink(root));
      for (const piece of text.match(/[^]{1,64}/g)!) parser.write(piece);
      parser.end();
      expect(root.childElementCount).to.equal(1);
      root.remove();
    });
  }
});

describe('a text of many nodes', () => {
  const words = 'word 😀 '.repeat(2_000);
  for (const [name, text] of [
    ['code', `\`\`\`\n${'😀'.repeat(5_000)}`],
    ['code, by one further', `\`\`\`\na${'😀'.repeat(5_000)}`],
    ['a paragraph that is gone over again', `a *${words} b* [c](/d) ${words} *e* ${words}`],
  ] as const) {
    it(`is the same in pieces, and none is cut in two in a pair of surrogates: ${name}`, () => {
      const root = render(text.split(''));
      const nodes = [...root.querySelectorAll('p, code')].flatMap(({ childNodes }) => [...childNodes]);
      expect(nodes.filter((node) => /^[\udc00-\udfff]/.test(node.textContent ?? ''))).to.deep.equal([]);
      root.normalize();
      expect(root.innerHTML).to.equal(render([text]).innerHTML);
    });
  }

  it('stays as it is where it is gone over again: no node grows that was full', () => {
    const text = `From *4 euros ${'and so on & '.repeat(3_000)}`;
    const root = document.createElement('div');
    const parser = new MarkdownParser(new DomSink(root));
    let before: number[] = [];
    let most = 0;
    for (const piece of text.match(/[^]{1,16}/g)!) {
      parser.write(piece);
      const now = [...(root.querySelector('p')?.childNodes ?? [])].map((node) => node.textContent!.length);
      // Up to then the mark may still find its partner.
      const full = before.slice(0, -1);
      expect(now.slice(0, full.length)).to.deep.equal(full);
      before = now.length > 2 ? now : [];
      most = Math.max(most, now.length);
    }
    parser.end();
    expect(root.textContent).to.equal(text.trimEnd());
    expect(most).to.be.greaterThan(4);
  });
});

it('shows where a link leads that has no words', () => {
  for (const [text, shown] of [
    ['a [](https://b.example/c) d', 'a  (b.example) d'],
    ['[![](https://a.example/i.png)](https://b.example)', ' (b.example)'],
    ['[](mailto:a@b.example)', ' (a@b.example)'],
  ] as const) {
    for (const pieces of [[text], text.split('')]) expect(render(pieces).textContent).to.equal(shown);
  }
});

it('takes the nearest level there is for its first heading', () => {
  const levels = (headingLevel: unknown) => {
    const root = document.createElement('div');
    const parser = new MarkdownParser(new DomSink(root, { headingLevel: headingLevel as number }));
    parser.write('## a\n\n#### b\n\n# c\n');
    return [...root.children].map(({ localName }) => localName).join(' ');
  };
  expect(levels(3)).to.equal('h3 h4 h3');
  for (const low of [1, 0, -4, Number.NaN, 1.5]) expect(levels(low), String(low)).to.equal('h1 h2 h1');
  for (const high of [6, 6.7, 9, Infinity]) expect(levels(high), String(high)).to.equal('h6 h6 h6');
  expect(levels('3')).to.equal('h3 h4 h3');
});

it('is the same in an element of another window', () => {
  const text = 'One *two* `three` https://a.example\n\n- [x] ![four](/a.png) **fi**ve';
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const root = frame.contentDocument!.createElement('div');
  const parser = new MarkdownParser(new DomSink(root, { images: 'allow' }));
  for (const letter of text) parser.write(letter);
  parser.end();
  frame.remove();
  expect(root.innerHTML).to.equal(render(text.split(''), {}).innerHTML);
});

describe("a page's own functions in a text", () => {
  const TEXT = '- Before [1].\n\n  ```js\n  let a;\n  ```\n\n  After one.\n\nAfter two.';
  const SAID = 'Before [1].let a;\nAfter one.After two.';
  const said = (root: Element) => {
    for (const head of root.querySelectorAll('.code-head')) head.remove();
    return root.textContent;
  };
  const fails = (): never => {
    throw new Error('of the page');
  };

  const frameOf = (code: Element) => code.closest('.code')!;
  const cases: readonly [what: string, options: DomSinkOptions, said: string, errors: number][] = [
    ['throws', { codeEnded: fails, citation: fails }, SAID, 2],
    ['removes its block', { codeEnded: (code) => frameOf(code).remove() }, SAID.replace('let a;\n', ''), 0],
    [
      'replaces its block',
      { codeEnded: (code) => frameOf(code).replaceWith('drawn') },
      SAID.replace('let a;\n', 'drawn'),
      0,
    ],
    [
      'wraps its block',
      {
        codeEnded(code) {
          const around = document.createElement('div');
          frameOf(code).replaceWith(around);
          around.append(frameOf(code), '!');
        },
      },
      SAID.replace('let a;\n', 'let a;\n!'),
      0,
    ],
    ['takes the item of its block away', { codeEnded: (code) => code.closest('li')!.remove() }, 'After two.', 0],
  ];
  for (const [what, options, whole, count] of cases) {
    it(`loses nothing behind one that ${what}`, () => {
      const errors: unknown[] = [];
      const own = window.reportError;
      window.reportError = (error) => void errors.push(error);
      const root = document.createElement('div');
      try {
        const parser = new MarkdownParser(new DomSink(root, options));
        parser.cite(['1']);
        for (const letter of TEXT) parser.write(letter);
        parser.end();
      } finally {
        window.reportError = own;
      }
      expect(said(root)).to.equal(whole);
      expect(errors.map(String)).to.deep.equal(Array.from({ length: count }, () => 'Error: of the page'));
    });
  }
});
