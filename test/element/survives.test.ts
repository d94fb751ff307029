import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record } from './page.js';
import { type Exchange, Line } from './server.js';
import { answer, ask, open, query, status, until } from './visitor.js';

const WIDE = 'x'.repeat(200);
/** What the visitor reads while more comes. */
const BEGINNING = [
  'Earlier words with a [link](/link) in them, and a [label] of later.\n\n',
  '![A picture](https://pictures.example/a.png)\n\n',
  `\`\`\`\nconst wide = '${WIDE}';\nconst more = 1;\n\`\`\`\n\n`,
  `| Name | Wide |\n|---|---|\n| a cell | ${WIDE} |\n\n`,
  '```details\nmore\n```\n\n',
].join('');

/** What comes meanwhile, piece by piece. */
const REST = [
  'A paragraph that goes on',
  ' for **two lines\nand** ends.\n\n',
  '| A | B |\n|---|---|\n',
  '| 1 | words |\n',
  '| 2 | words |\n\n',
  '- one\n',
  '- two\n  - three\n',
  '\n- four\n\n',
  '1. five\n2. six\n\n',
  '> said\n> again\n\n',
  '```js\nlet a = 1;\n',
  '```\n\n# Heading\n\n',
  'A paragraph that becomes a heading\n',
  '---\n\n',
  '[label]: /defined\n\n',
  'The end.',
];

/** A part of a text node: how a selection is told in every browser. */
interface Part {
  readonly node: Text;
  readonly start: number;
  readonly end: number;
}

describe('what survives a reply that goes on', () => {
  let line: Line;
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;
  let written: { readonly text: string }[];
  beforeEach(async () => {
    line = await Line.open();
    element = await open(line.src, { smoothing: 'off', follow: 'off' });
    element.renderers = { details: drawDetails };
    written = record(element, 'chat-token');
    await ask(element);
    request = await (await line.next()).start();
    id = 1;
  });

  /** Says something, and waits until it is written to the page. */
  async function say(text: string): Promise<void> {
    await request.token(text, ++id);
    await until(
      () =>
        written
          .map((token) => token.text)
          .join('')
          .endsWith(text),
      `"${text}" to be written`,
    );
  }

  async function goOn(check: () => unknown): Promise<void> {
    for (const piece of REST) {
      await say(piece);
      check();
    }
    await request.finish(++id);
    await status(element, 'done');
    await element.updateComplete;
    check();
  }

  const find = (selector: string): HTMLElement => answer(element).querySelector<HTMLElement>(selector)!;
  const textIn = (selector: string): Text => {
    const first = document.createTreeWalker(find(selector), NodeFilter.SHOW_TEXT).nextNode();
    return first as Text;
  };
  const textsOf = (root: Node): Node[] => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: Node[] = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  };

  function select({ node, start, end }: Part): void {
    getSelection()!.setBaseAndExtent(node, start, node, end);
  }

  function expectSelected({ node, start, end }: Part): void {
    const range = selectedRange(element.shadowRoot!)!;
    expect(range.startContainer).to.equal(node);
    expect(range.endContainer).to.equal(node);
    expect([range.startOffset, range.endOffset]).to.deep.equal([start, end]);
    expect(node.isConnected).to.equal(true);
  }

  describe('a selection', () => {
    for (const [where, selector, start, end] of [
      ['in an earlier paragraph', 'p', 2, 9],
      ['in code', 'pre code', 6, 20],
      ['in the cell of a table', 'td', 0, 4],
      ['in the text of a link', 'a', 1, 3],
    ] as const) {
      it(where, async () => {
        await say(BEGINNING);
        const part = { node: textIn(selector), start, end };
        const words = part.node.data.slice(start, end);
        select(part);
        await goOn(() => expectSelected(part));
        expect(part.node.data.slice(start, end)).to.equal(words);
      });
    }

    for (const [where, selector, first, pieces] of [
      [
        'in the paragraph that grows',
        'p',
        'A paragraph that',
        [' grows', ' by **strong', ' words** and', ' a [link](/u).', '\n\nMore'],
      ],
      ['in code that grows', 'code', '```\nlet a;', ['\nlet', ' b;\n', '\nlet c;\n', '```\n', '\nMore']],
      [
        'in the row above the one that grows',
        'td',
        '| A |\n|---|\n| a cell |\n',
        ['| an', 'other |\n', '| third |\n', '\nMore'],
      ],
      [
        'in the item above the one that grows',
        'li',
        '- an item\n',
        ['- ano', 'ther\n', '  - inner\n', '\n- loose\n', '\nMore'],
      ],
      ['in the item that grows', 'li', '- an item', [' that', ' **grows**', '\n  by lines', '\n- two']],
      ['in the quotation that grows', 'blockquote', '> it was', [' said', '\n> that', ' **it**\n', '> - is\n']],
      ['in the heading that grows', 'h4', '## A heading', [' that', ' **grows**', '\n\nMore']],
    ] as const) {
      it(where, async () => {
        await say(first);
        const part = { node: textIn(selector), start: 1, end: 5 };
        const words = part.node.data.slice(1, 5);
        select(part);
        for (const piece of pieces) {
          await say(piece);
          expectSelected(part);
        }
        await request.finish(++id);
        await status(element, 'done');
        await element.updateComplete;
        expectSelected(part);
        expect(part.node.data.slice(1, 5)).to.equal(words);
      });
    }
  });

  describe('the focus', () => {
    for (const [where, selector] of [
      ['on a link', 'a'],
      ["on a code block's button", '.code-copy'],
      ["on an image's button", '.image-load'],
      ['on code that can be scrolled', 'pre[tabindex]'],
      ['on a table that can be scrolled', '.table[tabindex]'],
    ] as const) {
      it(where, async () => {
        await say(BEGINNING);
        await until(() => find(selector), where);
        const focused = find(selector);
        focused.focus();
        let blurs = 0;
        focused.addEventListener('blur', () => blurs++);
        await goOn(() => expect(element.shadowRoot!.activeElement).to.equal(focused));
        expect(blurs).to.equal(0);
      });
    }
  });

  it('the focus of code whose place a drawing takes', async () => {
    await say(`\`\`\`details\n${WIDE}\n`);
    await until(() => find('pre[tabindex]'), 'code that can be scrolled');
    find('pre').focus();
    await say('```\n\nMore');
    await until(() => query(element, '.drawn details'), 'the drawing');
    expect(element.shadowRoot!.activeElement).to.equal(find('.code-copy'));
  });

  for (const [what, selector] of [
    ['code', 'pre'],
    ['a table', '.table'],
  ] as const) {
    it(`the place to which ${what} was scrolled`, async () => {
      await say(BEGINNING);
      const region = find(selector);
      region.scrollLeft = 120;
      expect(region.scrollLeft).to.equal(120);
      await goOn(() => expect(region.scrollLeft).to.equal(120));
      expect(region.isConnected).to.equal(true);
    });
  }

  it('the place to which code and a table that grow are scrolled', async () => {
    await say(`| Name | Wide |\n|---|---|\n| a | ${WIDE} |\n`);
    find('.table').scrollLeft = 120;
    for (const row of ['| b |', ' words |\n', '| c | words |\n']) await say(row);
    expect(find('.table').scrollLeft).to.equal(120);
    await say(`\n\`\`\`js\nconst wide = '${WIDE}';\n`);
    find('pre').scrollLeft = 120;
    for (const row of ['const', ' a = 1;\n', '```\n']) await say(row);
    await until(() => find('pre code span'), 'colours');
    expect([find('.table').scrollLeft, find('pre').scrollLeft]).to.deep.equal([120, 120]);
  });

  it('what is open in a drawing', async () => {
    await say(BEGINNING);
    await until(() => query(element, '.drawn details'), 'the drawing');
    const details = find('details') as HTMLDetailsElement;
    details.open = true;
    details.querySelector('summary')!.focus();
    await goOn(() => {
      expect(details.open).to.equal(true);
      expect(details.isConnected).to.equal(true);
      expect(element.shadowRoot!.activeElement).to.equal(details.querySelector('summary'));
    });
  });

  it('every text node, but those of a line that becomes a heading', async () => {
    await say(BEGINNING);
    await until(() => query(element, '.drawn details'), 'the drawing');
    const removed: string[] = [];
    const observer = new MutationObserver((list) => {
      for (const { removedNodes } of list) {
        for (const node of removedNodes) for (const text of textsOf(node)) removed.push((text as Text).data);
      }
    });
    observer.observe(answer(element), { subtree: true, childList: true });
    const known = new Set(textsOf(answer(element)));
    await goOn(() => {});
    observer.disconnect();
    expect(removed).to.deep.equal(['A paragraph that becomes a heading']);
    const shown = new Set(textsOf(answer(element)));
    expect([...known].filter((node) => !shown.has(node))).to.have.length(0);
  });
});

function drawDetails(code: string): Node {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = 'Show';
  details.append(summary, code);
  return details;
}

/** A selection in a shadow root, which browsers tell in three ways. */
function selectedRange(root: ShadowRoot): StaticRange | Range | undefined {
  const selection = getSelection()!;
  const [composed] = selection.getComposedRanges?.({ shadowRoots: [root] }) ?? [];
  if (composed && composed.startContainer !== composed.endContainer) return composed;
  return composed?.startContainer instanceof Text ? composed : selection.getRangeAt(0);
}
