import { expect, nextFrame } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub, warnings } from './page.js';
import { type Exchange, Line } from './server.js';
import { announced, answer, ask, expectAccessible, open, query, status, until } from './visitor.js';

const CODE = "const answer = 'forty-two'; // words\n";
const fence = (language: string, code = CODE) => `\`\`\`${language}\n${code}\`\`\`\n`;

describe('code', () => {
  let line: Line;
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;
  beforeEach(async () => {
    line = await Line.open();
    element = await open(line.src);
    await ask(element);
    request = await (await line.next()).start();
    id = 1;
  });

  const say = (text: string) => request.token(text, ++id);
  const code = () => answer(element).querySelector<HTMLElement>('.code code')!;
  const coloured = (kind: string) => [...code().querySelectorAll(`.${kind}`)].map(({ textContent }) => textContent);
  const isColoured = () => until(() => code()?.querySelector('span'), 'colours');
  /** What is laid out on the way there moves it away again: a visitor scrolls on. */
  const sees = <Shown extends Element>(shown: Shown) => {
    shown.scrollIntoView();
    return shown;
  };
  /** Colours in a later block show that an earlier one has had its turn. */
  const nextIsColoured = async () => {
    await say(`\n\n${fence('css', 'a { color: red }\n')}`);
    await until(
      () => [...answer(element).querySelectorAll('.code')].at(-1)?.querySelector('code span'),
      'colours below',
    );
  };

  it('is accessible in colours', async () => {
    await say(`${fence('js')}\nThat is all.`);
    await isColoured();
    await request.finish(++id);
    await status(element, 'done');
    await expectAccessible(element);
  });

  it('gets its colours when the block has ended, while the reply goes on, and says the same', async () => {
    await say(fence('js').slice(0, -4));
    await until(() => code()?.textContent === CODE.trim(), 'the code');
    expect(code().children).to.have.length(0);
    await say('```\n\nMore');
    await isColoured();
    expect(element.status).to.equal('streaming');
    expect(coloured('keyword')).to.deep.equal(['const']);
    expect(coloured('string')).to.deep.equal(["'forty-two'"]);
    expect(coloured('comment')).to.deep.equal(['// words']);
    expect(code().textContent).to.equal(CODE);
    await say(' words.');
    await until(() => answer(element).textContent?.endsWith('More words.'), 'the words behind it');
    expect(code().textContent).to.equal(CODE);
  });

  it('has four colours that can be told from the text, in both themes', async () => {
    await say(`${fence('js', `${CODE}let n = 42;\n`)}\n`);
    await isColoured();
    for (const theme of ['light', 'dark']) {
      element.theme = theme;
      await element.updateComplete;
      const colours = ['keyword', 'string', 'comment', 'number'].map(
        (kind) => getComputedStyle(code().querySelector(`.${kind}`)!).color,
      );
      expect(new Set([...colours, getComputedStyle(code()).color])).to.have.property('size', 5);
    }
  });

  it('takes other names of a language, and what is embedded in it', async () => {
    await say(fence('HTML', '<p class="a">x</p><script>const a = 1;</script>\n'));
    await isColoured();
    expect(coloured('keyword')).to.include('const');
  });

  it('keeps its button in its frame, on one line, however long the name of its language is', async () => {
    element.style.inlineSize = '390px';
    await say(fence('a'.repeat(49)));
    await until(() => code()?.textContent, 'the code');
    const [frame, head, name, button] = ['.code', '.code-head', '.code-language', '.code-copy'].map((selector) =>
      answer(element).querySelector(selector)!.getBoundingClientRect(),
    );
    expect(button!.right).to.be.lessThan(frame!.right);
    expect(name!.right).to.be.at.most(button!.left);
    expect(head!.height).to.equal(40);
  });

  it('lets it be heard whether its button could copy it', async () => {
    let mayCopy = true;
    const writeText = () => (mayCopy ? Promise.resolve() : Promise.reject(new Error()));
    stub(navigator, 'clipboard', { writeText } as unknown as Clipboard);
    await say(`${fence('')}\nMore`);
    await until(() => code(), 'the code');
    query(element, '.code-copy')!.click();
    // Beside what is said of the reply.
    const isHeard = (text: string) => announced(element, 'log').includes(text);
    await until(() => isHeard('Copied'), 'success to be heard');
    expect(query(element, '.code-copy')!.textContent).to.equal('Copied');
    mayCopy = false;
    query(element, '.code-copy')!.click();
    const refused = 'Copy did not work. Select the text instead.';
    await until(() => isHeard(refused), 'the refusal to be heard');
  });

  it('leaves code of no language, of an unknown one and of great length as it is', async () => {
    const most = `${'const a = 1;\n'.repeat(923)}\n`;
    expect(most).to.have.length(12_000);
    const long = `;${most}`;
    await say(`${fence('')}\n${fence('klingon')}\n${fence('js', long)}\n${fence('js', most)}`);
    await until(() => answer(element).querySelectorAll('.code').length === 4, 'four blocks');
    const blocks = [...answer(element).querySelectorAll('.code code')];
    // Of a long reply code out of view waits.
    await until(() => sees(blocks[3]!).querySelector('span'), 'colours in the last block');
    expect(blocks.map((block) => block.children.length > 0)).to.deep.equal([false, false, false, true]);
    expect(blocks[2]?.textContent).to.equal(long);
    expect(warnings).to.deep.equal([]);
  });

  it('made to be slow to colour holds nothing up', async () => {
    // Was coloured for 17 s, in one task.
    const slow = `${'[a]('.repeat(2_990)}\n`;
    await say(fence('md', slow));
    await nextIsColoured();
    expect(code().textContent).to.equal(slow);
    expect(warnings).to.deep.equal([]);
  });

  it('leaves selected code as it is until the selection is gone', async () => {
    await say(fence('js').slice(0, -4));
    await until(() => code()?.textContent === CODE.trim(), 'the code');
    const text = code().firstChild!;
    getSelection()!.setBaseAndExtent(text, 0, text, 5);
    await say('```\n\nMore');
    await nextIsColoured();
    expect(code().firstChild).to.equal(text);
    expect(code().children).to.have.length(0);
    getSelection()!.removeAllRanges();
    await isColoured();
  });

  it('leaves code as it is that gets selected while its colours are made', async () => {
    let give: (nodes: Node[]) => void = () => {};
    element.highlight = () => new Promise((resolve) => (give = resolve));
    await say(`${fence('js')}\nMore`);
    const idle = give;
    await until(() => give !== idle, 'the highlighter at work');
    const text = code().firstChild!;
    const hasChanged = new Promise((resolve) => document.addEventListener('selectionchange', resolve, { once: true }));
    getSelection()!.setBaseAndExtent(text, 0, text, 5);
    await hasChanged;
    give([Object.assign(document.createElement('span'), { textContent: CODE })]);
    element.highlight = undefined;
    await nextIsColoured();
    expect(code().firstChild).to.equal(text);
    getSelection()!.removeAllRanges();
  });

  it('of many blocks takes few idle moments, each of which costs a frame, and asks once what is selected', async () => {
    let count = 0;
    let moments = 0;
    const deadline = { didTimeout: false, timeRemaining: () => 50 };
    stub(performance, 'now', () => 0);
    stub(window, 'requestIdleCallback', (work) => Number(setTimeout(() => (moments++, work(deadline)))));
    stub(window, 'cancelIdleCallback', (timer) => clearTimeout(timer));
    const { getComposedRanges } = Selection.prototype;
    stub(Selection.prototype, 'getComposedRanges', function (this: Selection, ...options) {
      count++;
      return getComposedRanges.apply(this, options);
    });
    await say(fence('js').repeat(20));
    await until(() => answer(element).querySelectorAll('.code code:has(span)').length === 20, 'colours in all blocks');
    expect(count).to.be.lessThan(5);
    expect(moments).to.be.lessThan(5);
  });

  it('of a long reply gets its colours when it comes near the view', async () => {
    await say(fence('js').slice(0, -4));
    await until(() => code()?.textContent === CODE.trim(), 'the code');
    const block = query(element, '.code')!;
    // As of what lies beyond the first 16 kB; the browser says at once that it is in view.
    block.classList.add('far');
    for (let frame = 0; frame < 3; frame++) await nextFrame();
    const turns = (skipped: boolean) =>
      block.dispatchEvent(Object.assign(new Event('contentvisibilityautostatechange', { bubbles: true }), { skipped }));
    turns(true);
    await say('```\n');
    await nextIsColoured();
    expect(code().children).to.have.length(0);
    turns(false);
    await isColoured();
    expect(code().textContent).to.equal(CODE);
  });

  it('makes what is wider than its place reachable by keys, of all that comes at once', async () => {
    element.smoothing = 'off';
    await say('First.');
    await until(() => answer(element).textContent === 'First.', 'the first words');
    const wide = `const wide = '${'x'.repeat(200)}';\n`;
    const row = `| ${'wide '.repeat(20)} `.repeat(6);
    await say(`\n\n${`${fence('', wide)}\n${row}|\n${'| - '.repeat(6)}|\n\n${fence('')}\n`.repeat(3)}\nLast.`);
    const all = () => [...answer(element).querySelectorAll<HTMLElement>('pre, .table')];
    await until(() => all().filter(({ tabIndex }) => tabIndex === 0).length === 6, 'six regions to scroll');
    expect(all().map((region) => region.getAttribute('role'))).to.deep.equal(
      Array.from({ length: 3 }, () => ['group', 'group', null]).flat(),
    );
  });

  it('makes what is wider than its place reachable by keys far down in a long reply, once it comes into view', async () => {
    element.smoothing = 'off';
    element.style.blockSize = '600px';
    const words = `${'word '.repeat(100)}\n\n`;
    const row = `  | ${'wide '.repeat(20)} `.repeat(6);
    const table = `- An item:\n\n${row}|\n  ${'| - '.repeat(6)}|\n\n`;
    await say(`${words.repeat(40)}${table}${words.repeat(20)}${table}${words.repeat(20)}Last.`);
    await request.finish(++id);
    await until(() => answer(element).textContent?.endsWith('Last.'), 'all of it');
    await nextFrame();
    for (const region of answer(element).querySelectorAll<HTMLElement>('.table')) {
      await until(() => sees(region).tabIndex === 0, 'a region to scroll');
    }
  });

  it('keeps the scroll place and the focus of a block that gets its colours', async () => {
    const wide = `const wide = '${'x'.repeat(200)}';\n`;
    await say(fence('js', wide).slice(0, -4));
    await until(() => code()?.textContent === wide.trim(), 'the code');
    const pre = answer(element).querySelector('pre')!;
    await until(() => pre.tabIndex === 0, 'a region to scroll');
    pre.focus();
    pre.scrollLeft = 100;
    await say('```\n\nMore');
    await isColoured();
    expect(pre.scrollLeft).to.equal(100);
    expect(element.shadowRoot!.activeElement).to.equal(pre);
  });

  it('has no colours where the page wants none', async () => {
    element.highlight = null;
    await say(`${fence('js')}\nMore`);
    await until(() => answer(element).textContent?.endsWith('More'), 'the words behind it');
    element.highlight = undefined;
    await nextIsColoured();
    expect(code().children).to.have.length(0);
  });

  it("takes the page's own highlighter, but no other text than the reply's", async () => {
    const spanOf = (text: string) => Object.assign(document.createElement('span'), { textContent: text });
    element.highlight = (text, language) => [spanOf(language === 'js' ? text : 'something else')];
    await say(fence('js'));
    await isColoured();
    expect(code().querySelector('span')!.textContent).to.equal(CODE);
    await say(`\n${fence('css')}`);
    await until(() => warnings.length > 0, 'a warning');
    expect(warnings[0]).to.include('css').and.to.include('another text');
    expect([...answer(element).querySelectorAll('.code code')].at(-1)!.textContent).to.equal(CODE);
  });

  it('gets its colours when it is shown again after it was out of the page', async () => {
    await say(fence('js').slice(0, -4));
    await until(() => code()?.textContent === CODE.trim(), 'the code');
    const parent = element.parentElement!;
    await say('```\n');
    element.remove();
    parent.append(element);
    await isColoured();
  });
});
