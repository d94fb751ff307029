import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, warnings } from './page.js';
import { type Exchange, Line } from './server.js';
import {
  announced,
  answer,
  answers,
  ask,
  expectAccessible,
  open,
  query,
  readable,
  shows,
  status,
  until,
} from './visitor.js';

describe('streaming', () => {
  let line: Line;
  let element: ChatStreamElement;
  beforeEach(async () => {
    line = await Line.open();
    element = await open(line.src, { heading: 'Ask us' });
  });

  async function begin(): Promise<Exchange> {
    await ask(element, 'Hello');
    const request = await (await line.next()).start();
    await status(element, 'streaming');
    return request;
  }

  it('is accessible while a reply comes, and when it is there', async () => {
    const request = await begin();
    await request.token('One\n\ntwo', 2);
    await answers(element, 'Onetwo');
    await expectAccessible(element);
    await request.finish(3);
    await shows(element, 'Ready');
    await expectAccessible(element);
  });

  it('says Thinking until there are words, then Replying, then Ready', async () => {
    await ask(element, 'Hello');
    const request = await line.next();
    const word = () => query(element, '.status')?.innerText.trim();
    expect(word()).to.equal('Thinking');
    await until(() => readable(element).includes('Thinking…'), 'Thinking… in the transcript');
    await request.start();
    await status(element, 'streaming');
    expect(word()).to.equal('Thinking');
    await request.token('Hi', 2);
    await until(() => word() === 'Replying', 'Replying');
    expect(readable(element)).not.to.include('Thinking');
    await request.finish(3);
    await until(() => word() === 'Ready', 'Ready');
  });

  it('ends growing words in a caret', async () => {
    const caret = () => getComputedStyle(answer(element).lastElementChild!, '::after').content;
    const request = await begin();
    await request.token('Hi', 2);
    await answers(element, 'Hi');
    expect(caret()).to.equal('""');
    await request.finish(3);
    await status(element, 'done');
    await element.updateComplete;
    expect(caret()).to.equal('none');
  });

  it('does not move what stands there when a block of code ends', async () => {
    const height = () => query(element, '.code')?.getBoundingClientRect().height;
    const request = await begin();
    element.smoothing = 'off';
    await request.token('```\nconst words', 2);
    await until(() => query(element, 'code')?.textContent === 'const words', 'the words');
    const before = height();
    await request.token('\n```\n', 3);
    await until(() => query(element, 'code')?.textContent === 'const words\n', 'the end of the code');
    expect(height()).to.equal(before);
    await request.token('\nMore', 4);
    await until(() => answer(element).lastElementChild?.matches('p.growing'), 'the caret behind it');
    expect(height()).to.equal(before);
  });

  for (const [where, text] of [
    ['a paragraph', 'One\n\n**two** words'],
    ['a heading', 'One\n\n## Two words'],
    ['a quote', 'One\n\n> **two** words'],
    ['a list', '- one\n- **two** words'],
    ['a list in a list', '- one\n  1. two\n  2. **three** words'],
    ['code', 'One\n\n```\nconst words'],
  ] as const) {
    it(`has one caret, at the end of ${where}`, async () => {
      const request = await begin();
      await request.token(text, 2);
      await until(() => /words\s*$/.test(answer(element).textContent ?? ''), 'the words');
      const withCaret = [...answer(element).querySelectorAll('*')].filter(
        (each) => getComputedStyle(each, '::after').content === '""',
      );
      expect(withCaret.map(({ textContent }) => textContent)).to.have.length(1);
      expect(withCaret[0]?.textContent)
        .to.match(/words\s*$/)
        .and.not.match(/one/i);
    });
  }

  it('has a box in place of the mark of an item that can be done, and no other', async () => {
    const request = await begin();
    await request.token('- [x] one\n- two\n  - [ ] three\n\nend', 2);
    const items = () => [...answer(element).querySelectorAll('li')];
    await until(() => items().length === 3, 'the items');
    const marks = items().map((item) => getComputedStyle(item).listStyleType);
    expect(marks).to.deep.equal(['none', 'disc', 'none']);
  });

  it('has the lines of an item that can be done begin one below the other', async () => {
    const request = await begin();
    await request.token('- [x] one\\\ntwo\n\nend', 2);
    await until(() => answer(element).textContent?.endsWith('end'), 'the item');
    const range = document.createRange();
    const begins = ['one', 'two'].map((word) => {
      const texts = [...answer(element).querySelector('li p')!.childNodes].filter((node) => node instanceof Text);
      const text = texts.find(({ data }) => data.includes(word))!;
      range.setStart(text, text.data.indexOf(word));
      range.setEnd(text, text.data.indexOf(word) + 1);
      return range.getBoundingClientRect().left;
    });
    // A blank is as wide as the font has it.
    expect(begins[0]! - begins[1]!).to.be.closeTo(0, 2);
  });

  it('keeps the blocks of an item as far apart as its paragraphs', async () => {
    const request = await begin();
    await request.token('- one\n\n  two\n\n  ```\n  three\n  ```\n\n  > four\n\n  five\n\n- six', 2);
    await until(() => answer(element).textContent?.endsWith('six'), 'the list');
    const blocks = [...answer(element).querySelectorAll('li > *')].map((block) => block.getBoundingClientRect());
    const gaps = blocks.slice(1).map(({ top }, index) => Math.round(top - blocks[index]!.bottom));
    expect(blocks).to.have.length(6);
    expect(new Set(gaps), gaps.join(' ')).to.have.length(1);
  });

  it('has room for numbers like those of years', async () => {
    const request = await begin();
    await request.token('1969. The Moon\n\nand\n\n7. Continents', 2);
    const lists = () => [...answer(element).querySelectorAll('ol')];
    await until(() => lists().length === 2, 'the lists');
    const marker = document.createElement('span');
    marker.textContent = '1969. ';
    const room = lists().map((list) => parseFloat(getComputedStyle(list.firstElementChild!).marginInlineStart));
    answer(element).append(marker);
    expect(room[0]).to.be.greaterThan(marker.getBoundingClientRect().width);
    expect(room[1]).to.be.lessThan(marker.getBoundingClientRect().width);
  });

  it('moves the caret while words rest, not while they come, nor out of view', async () => {
    const movement = () => getComputedStyle(answer(element).lastElementChild!, '::after').animationName;
    const request = await begin();
    await request.token('Hi', 2);
    await answers(element, 'Hi');
    await until(() => movement() === 'pulse', 'a caret that moves');
    const whileTheyCome: string[] = [];
    const observer = new MutationObserver(() => whileTheyCome.push(movement()));
    observer.observe(answer(element), { subtree: true, childList: true, characterData: true });
    await request.token(' there', 3);
    await answers(element, 'Hi there');
    observer.disconnect();
    expect(whileTheyCome).to.deep.equal(['none']);
    await request.token('\n\nand more'.repeat(60), 4);
    await until(() => query(element, '.jump'), 'the end out of view');
    await until(() => query(element, '.resting'), 'rest');
    expect(movement()).to.equal('none');
    element.scrollToEnd();
    await until(() => movement() === 'pulse', 'a caret that moves in view');
    await request.finish(5);
    await status(element, 'done');
    await until(() => !query(element, '.resting'), 'the end of waiting');
  });

  it('keeps paragraphs and line breaks, wherever the text was cut', async () => {
    const request = await begin();
    const text = 'One\ntwo\n\nThree\r\n\r\n\r\nFour';
    let id = 2;
    for (const letter of text) await request.token(letter, id++);
    await request.finish(id, { length: text.length });
    await status(element, 'done');
    await until(() => answer(element).textContent?.endsWith('Four'), 'the end');
    const paragraphs = [...answer(element).children].map((block) => (block as HTMLElement).innerText);
    expect(paragraphs).to.deep.equal(['One\ntwo', 'Three', 'Four']);
  });

  it('breaks a line once, however its break is written', async () => {
    const request = await begin();
    await request.token('One\ntwo  \n*three\\\nfour*\n\n1  \n2\n---\n', 2);
    await until(() => answer(element).textContent?.includes('2'), 'the end');
    const [paragraph, heading] = [...answer(element).children] as HTMLElement[];
    expect(paragraph!.innerText).to.equal('One\ntwo\nthree\nfour');
    expect(paragraph!.offsetHeight / parseFloat(getComputedStyle(paragraph!).lineHeight)).to.be.closeTo(4, 0.1);
    expect(heading!.innerText).to.equal('1\n2');
  });

  it('shows markup as text, and asks for nothing because of it', async () => {
    const request = await begin();
    const evil = `<img src="${line.src}/pixel" onerror="throw 1"><b>x</b><script>throw 2</script>`;
    await request.token(evil, 2);
    await request.finish(3);
    await answers(element, evil);
    expect(answer(element).querySelectorAll('p > *')).to.have.length(0);
    expect(await line.requests()).to.have.length(1);
  });

  it('has no live region in what is seen', async () => {
    const request = await begin();
    await request.token('Hello there', 2);
    await answers(element, 'Hello there');
    expect(query(element, '.panel :is([aria-live], [role=log], [role=alert], [role=status])')).to.equal(null);
    await request.finish(3);
    await until(() => announced(element, 'log').includes('Reply complete.'), 'the announcement');
    expect(announced(element, 'log')).to.equal('Hello there.Reply complete.');
    expect(announced(element, 'alert')).to.equal('');
  });

  it('tells the page what happens', async () => {
    const told = (name: string) => record<Record<string, unknown>>(element, name);
    const [starts, tokens, ends, phases] = ['chat-start', 'chat-token', 'chat-end', 'chat-status'].map(told);
    const bubbled = record(document, 'chat-end');
    const request = await begin();
    await request.token('Hello ', 2);
    await answers(element, 'Hello ');
    await request.token('there', 3);
    await request.finish(4);
    await until(() => ends?.length, 'the end');
    expect(starts).to.deep.equal([{ messageId: 'm1' }]);
    expect(tokens?.map(({ text }) => text).join('')).to.equal('Hello there');
    expect(tokens?.[0]).to.deep.equal({ messageId: 'm1', text: 'Hello ' });
    expect(ends).to.deep.equal([{ messageId: 'm1', reason: 'complete', text: 'Hello there' }]);
    expect(phases).to.deep.equal(['connecting', 'streaming', 'done'].map((phase) => ({ status: phase })));
    expect(bubbled).to.have.length(1);
  });

  it('says at any time which messages there are', async () => {
    const request = await begin();
    await request.token('Hi', 2);
    await answers(element, 'Hi');
    const { id, createdAt } = element.messages[0] ?? {};
    const question = { id, role: 'user', content: 'Hello', status: 'done', createdAt };
    expect(element.messages).to.deep.equal([
      question,
      { id: 'm1', role: 'assistant', content: 'Hi', status: 'streaming' },
    ]);
    await request.finish(3);
    await status(element, 'done');
    expect(element.messages.at(-1)).to.include({ content: 'Hi', status: 'done' });
  });

  it('shows a text of 256 kB that comes in one event', async () => {
    const text = 'All of it. '.repeat(24_000).trim();
    const request = await begin();
    await request.token(text, 2);
    await request.finish(3, { length: text.length });
    await status(element, 'done');
    await until(() => answer(element).textContent === text, 'all of the text');
  });

  it('swaps the text where the server replaces it', async () => {
    const request = await begin();
    await request.token('Wrong words', 2);
    await answers(element, 'Wrong words');
    await request.event({ type: 'replace', content: 'Right' }, 3);
    await request.token(' words', 4);
    await answers(element, 'Right words');
  });

  it('takes the words of a server that speaks no more than the first protocol', async () => {
    await ask(element);
    const request = await (await line.next()).head();
    await request.write('data: {"type": "start", "messageId": "m1"}\n\ndata: {"type": "token", "content": "Hel');
    await request.write('lo"}\r\n\r\ndata: {"type": "end", "messageId": "m1"}\n\n');
    await status(element, 'done');
    await answers(element, 'Hello');
    expect(warnings).to.deep.equal([]);
  });
});
