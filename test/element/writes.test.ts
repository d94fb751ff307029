import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { holdRests, stub } from './page.js';
import { type Exchange, Line } from './server.js';
import { answer, answers, ask, open, query, status, until } from './visitor.js';

describe('words are written', () => {
  let element: ChatStreamElement;

  async function begin(): Promise<Exchange> {
    const line = await Line.open();
    element = await open(line.src, { heading: 'Ask us' });
    await ask(element, 'Hello');
    const request = await (await line.next()).start();
    await status(element, 'streaming');
    return request;
  }

  it('into one text node, at most once in 56 ms, and none is written again', async () => {
    const request = await begin();
    element.smoothing = 'off';
    await request.token('w0 ', 2);
    await answers(element, 'w0 ');
    const node = answer(element).firstChild!.firstChild;
    const records: MutationRecord[] = [];
    const observer = new MutationObserver((list) => void records.push(...list));
    observer.observe(query(element, '.turns')!, {
      subtree: true,
      childList: true,
      characterData: true,
      characterDataOldValue: true,
    });
    const pass = holdRests();
    let text = 'w0 ';
    let id = 2;
    const come = async (count: number) => {
      for (let word = 0; word < count; word++) {
        text += `w${++id} `;
        await request.token(`w${id} `, id);
        await until(() => element.messages.at(-1)?.content === text, `word ${id}`);
      }
    };
    const isWritten = async (before: string) => {
      await until(() => answer(element).textContent === text, 'the words');
      const [written, ...more] = records.splice(0);
      expect(more).to.have.length(0);
      expect(written?.target).to.equal(node);
      expect(written).to.include({ type: 'characterData', oldValue: before });
    };
    pass(100);
    await come(1);
    await isWritten('w0 ');
    for (let round = 0; round < 3; round++) {
      // What comes too early waits for what comes next,
      const before = text;
      await come(8);
      pass(55);
      await come(1);
      expect(records, 'written too early').to.have.length(0);
      pass(1);
      await come(1);
      await isWritten(before);
      // or for a little while.
      const last = text;
      await come(4);
      pass(79);
      expect(records, 'written too early').to.have.length(0);
      pass(1);
      await isWritten(last);
    }
    expect(answer(element).childNodes).to.have.length(1);
    observer.disconnect();
  });

  it('less often where the page takes long over a write', async () => {
    const request = await begin();
    element.smoothing = 'off';
    const long = 'word '.repeat(4_000);
    await request.token(long, 2);
    await answers(element, long);
    const pass = holdRests();
    let isSlow = true;
    // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
    const { appendData } = Text.prototype;
    stub(Text.prototype, 'appendData', function (this: Text, words: string) {
      if (isSlow) pass(100);
      isSlow = false;
      appendData.call(this, words);
    });
    let text = long;
    const come = async (word: string, id: number) => {
      text += word;
      await request.token(word, id);
      await until(() => element.messages.at(-1)?.content === text, word);
    };
    const isShown = () => answer(element).textContent === text;
    pass(100);
    await come('one ', 3);
    await until(isShown, 'the first word');
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    pass(299);
    await come('two ', 4);
    expect(isShown(), 'written too early').to.equal(false);
    pass(1);
    await come('three ', 5);
    await until(isShown, 'the other words');
  });

  it('bit by bit where they come in a burst, always as a beginning of the text, and all in the end', async () => {
    const request = await begin();
    await request.token('First words. ', 2);
    await answers(element, 'First words. ');
    const lengths: number[] = [];
    const burst = 'and then many more of them, all at once, '.repeat(30);
    const observer = new MutationObserver(() => {
      const shown = answer(element).textContent ?? '';
      expect(`First words. ${burst}${burst}`.startsWith(shown)).to.equal(true);
      lengths.push(shown.length);
    });
    observer.observe(answer(element), { subtree: true, childList: true, characterData: true });
    const pass = holdRests();
    await request.token(burst, 3);
    await until(() => element.messages.at(-1)?.content === `First words. ${burst}`, 'them to come');
    await until(() => {
      pass(80);
      return answer(element).textContent === `First words. ${burst}`.trimEnd();
    }, 'all of them');
    expect(lengths.length).to.be.greaterThan(4);
    lengths.length = 0;
    await request.token(burst, 4);
    await request.finish(5);
    await until(() => answer(element).textContent?.trimEnd().length === 13 + 2 * burst.length - 1, 'all of it');
    expect(lengths.length, 'writes when the end has come').to.be.lessThan(3);
    observer.disconnect();
  });

  for (const end of ['end', 'stop'] as const) {
    it(`to the last at once, and not after a rest, where no more come: ${end}`, async () => {
      const request = await begin();
      element.smoothing = 'off';
      holdRests();
      await request.token('First words. ', 2);
      await answers(element, 'First words. ');
      await request.token('The last words.', 3);
      await until(() => element.messages.at(-1)?.content.endsWith('The last words.') ?? false, 'them to come');
      expect(answer(element).textContent, 'written too early').to.equal('First words. ');
      if (end === 'end') await request.finish(4);
      else element.stop();
      await answers(element, 'First words. The last words.');
    });
  }

  it('all at once before the first frame of a page that is shown again: nobody saw them flow', async () => {
    const request = await begin();
    await request.token('First words. ', 2);
    await answers(element, 'First words. ');
    holdRests();
    stub(document, 'visibilityState', 'hidden');
    const more = 'and then many more of them, all at once, '.repeat(30);
    await request.token(more, 3);
    await until(() => element.messages.at(-1)?.content === `First words. ${more}`, 'them to come');
    expect(answer(element).textContent).to.equal('First words. ');
    stub(document, 'visibilityState', 'visible');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(answer(element).textContent?.trimEnd()).to.equal(`First words. ${more}`.trimEnd());
  });

  it('in tasks of their own where they are very many, also where the page gets no frame', async () => {
    const request = await begin();
    stub(window, 'requestAnimationFrame', () => 0);
    const huge = '**many** words\n\n'.repeat(5_000);
    let writes = 0;
    const observer = new MutationObserver(() => writes++);
    observer.observe(answer(element), { childList: true });
    await request.token(huge, 2);
    await until(() => answer(element).childElementCount === 5_000, 'all of them');
    expect(writes).to.be.greaterThan(1);
    observer.disconnect();
  });

  for (const [beginning, text, expected] of [
    ['small blocks', `${'word '.repeat(100)}\n\n`.repeat(40), /^(?:visible ){4}(?:auto ){36}auto$/],
    ['a large one', `${'word '.repeat(4_000)}\n\n`, /^auto auto$/],
  ] as const) {
    it(`of a long text to be laid out in view alone, but for about 2,000 in small blocks, and in WebKit: ${beginning}`, async () => {
      const request = await begin();
      element.smoothing = 'off';
      await request.token(`${text}The end.`, 2);
      await until(() => answer(element).textContent.endsWith('The end.'), 'the end');
      const shown = [...answer(element).children].map((block) => getComputedStyle(block).contentVisibility);
      const isWebKit = CSS.supports('hanging-punctuation: first');
      expect(shown.join(' ')).to.match(isWebKit ? /^(?:visible ?)+$/ : expected);
    });
  }
});
