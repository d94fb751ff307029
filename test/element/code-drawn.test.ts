import katex from 'katex';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { warnings } from './page.js';
import { type Exchange, Line } from './server.js';
import { answer, ask, expectAccessible, open, query, status, until } from './visitor.js';
import { expect } from '@open-wc/testing';

const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\`\`\`\n`;

describe('what a page brings to draw code', () => {
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;
  beforeEach(async () => {
    const line = await Line.open();
    element = await open(line.src);
    await ask(element);
    request = await (await line.next()).start();
    id = 1;
  });

  const say = (text: string) => request.token(text, ++id);
  const code = () => answer(element).querySelector<HTMLElement>('.code code')!;
  /** Colours in a later block show that an earlier one has had its turn. */
  const nextIsColoured = async () => {
    await say(`\n\n${fence('css', 'a { color: red }\n')}`);
    await until(() => query(element, '.code:last-of-type code span'), 'colours below');
  };

  it('draws a formula in the place of its source, which can still be copied', async () => {
    element.renderers = {
      math(source) {
        const place = document.createElement('span');
        katex.render(source, place, { output: 'mathml', displayMode: true, throwOnError: false });
        return place;
      },
    };
    let copied = '';
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: { writeText: async (text: string) => void (copied = text) },
    });
    await say(fence('math', 'e^{i\\pi} + 1 = 0\n'));
    await until(() => query(element, '.drawn math'), 'a formula');
    expect(query(element, '.code pre')).to.equal(null);
    query(element, '.code-copy')!.click();
    // Without its line's end: pasted, a command would run at once.
    await until(() => copied === 'e^{i\\pi} + 1 = 0', 'the source in the clipboard');
    await expectAccessible(element);
  });

  it('is drawn when its selection is gone, where it got selected while the drawing was made', async () => {
    let give: (node: Node) => void = () => {};
    const idle = give;
    element.renderers = { mermaid: () => new Promise((resolve) => (give = resolve)) };
    await say(`${fence('mermaid', 'graph LR\n')}\nMore`);
    await until(() => give !== idle, 'the renderer at work');
    const text = code().firstChild!;
    const hasChanged = new Promise((resolve) => document.addEventListener('selectionchange', resolve, { once: true }));
    getSelection()!.setBaseAndExtent(text, 0, text, 5);
    await hasChanged;
    give(document.createElement('figure'));
    await nextIsColoured();
    expect(code().firstChild).to.equal(text);
    expect(query(element, '.drawn')).to.equal(null);
    getSelection()!.removeAllRanges();
    await until(() => query(element, '.drawn figure'), 'the drawing');
  });

  it('makes a drawing that is wider than its place reachable by keys, and no other', async () => {
    element.renderers = {
      math(source) {
        const place = document.createElement('span');
        katex.render(source, place, { output: 'mathml', displayMode: true });
        return place;
      },
    };
    await say(`${fence('math', `a${' + b'.repeat(200)}\n`)}\n${fence('math', 'a + b\n')}\nThe end.`);
    const drawings = () => [...answer(element).querySelectorAll<HTMLElement>('.drawn')];
    await until(() => drawings()[0]?.tabIndex === 0 && drawings()[1], 'a drawing to scroll, and another');
    expect(drawings().map((drawing) => drawing.ariaLabel)).to.deep.equal(['Code', null]);
    await expectAccessible(element);
  });

  it('draws a diagram as the page made it: with its own size, colours and line breaks', async () => {
    const svg = '<svg width="123" height="45"><path d="M0 0h9"/></svg>';
    const drawing = document.createElement('div');
    drawing.innerHTML = `${svg}<p>one<br>two</p>`;
    element.renderers = { mermaid: () => drawing };
    await say(fence('mermaid', 'graph LR\n'));
    await until(() => query(element, '.drawn svg'), 'the drawing');
    const [drawn, path, words] = [...drawing.querySelectorAll('svg, path, p')] as const;
    const { width, height } = drawn!.getBoundingClientRect();
    expect([width, height]).to.deep.equal([123, 45]);
    expect(getComputedStyle(path!).fill).to.equal('rgb(0, 0, 0)');
    expect(getComputedStyle(path!).stroke).to.equal('none');
    expect((words as HTMLElement).innerText).to.equal('one\ntwo');
  });

  it('keeps the source where a renderer fails, and says so in the console', async () => {
    element.renderers = {
      mermaid: () => {
        throw new Error('no such diagram');
      },
    };
    await say(fence('mermaid', 'graph LR\n'));
    await until(() => warnings.length > 0, 'a warning');
    expect(warnings[0]).to.include('mermaid').and.to.include('no such diagram');
    expect(code().textContent).to.equal('graph LR\n');
  });

  const REPLY = 'Before\n\n```js\nlet a;\n```\n\nAfter one.\n\nAfter two.';
  const withGetter = {
    get js() {
      throw new Error('no renderer today');
    },
  };

  for (const [what, given, warning] of [
    ['null for renderers', { renderers: null }, undefined],
    ['a word for renderers', { renderers: 'mermaid' }, 'renderers="mermaid" is no object'],
    ['a renderer that is none', { renderers: { js: 7 } }, 'renderers["js"]=7 is no function'],
    ['renderers that throw when they are read', { renderers: withGetter }, 'no renderer today'],
    ['a word for a highlighter', { highlight: 'x' }, 'highlight="x" is no function. Give one'],
  ] as const) {
    it(`shows the whole reply with ${what}`, async () => {
      Object.assign(element, given);
      await say(REPLY);
      await request.finish(++id);
      await status(element, 'done');
      await until(() => answer(element).textContent?.endsWith('After two.'), 'the end of the reply');
      expect(code().textContent).to.equal('let a;\n');
      if (warning === undefined) expect(warnings).to.deep.equal([]);
      else expect(warnings.join('|')).to.include(warning);
    });
  }

  it('goes on with other blocks where a renderer never answers', async () => {
    element.renderers = { mermaid: () => new Promise(() => {}) };
    await say(`${fence('mermaid', 'graph LR\n')}\nMore`);
    await nextIsColoured();
    expect(code().textContent).to.equal('graph LR\n');
  });
});
