import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { holdRests, hurry, stub } from './page.js';
import { type Exchange, Line } from './server.js';
import { announced, answer, ask, button, expectAccessible, key, open, query, status, until, write } from './visitor.js';

const PARAGRAPH =
  'Server-sent events are a one-way stream over plain HTTP. Here is the **short version**, with a table. ';
const REPLY = `## Streaming\n\n${PARAGRAPH}\n\n1. Open a request and read its body.\n2. Split it on blank lines\n\n\`\`\`ts\nconst a = 1;\nconst b = 2;\n\`\`\`\n\n| Transport | Direction |\n| --- | --- |\n| SSE | server to client |\n\nThat is all.`;

describe('what is heard', () => {
  let line: Line;
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;
  const lines = () => [...query(element, '[data-announcer=log]')!.children].map((each) => each.textContent ?? '');
  const heard = (text: string) => until(() => announced(element, 'log').includes(text), `"${text}" to be heard`);
  const say = (text: string) => request.token(text, ++id);

  async function begin(attributes: Record<string, string> = {}, isHurried = true): Promise<void> {
    line = await Line.open();
    element = await open(line.src, { heading: 'Ask us', lang: 'en', smoothing: 'off', ...attributes });
    await ask(element);
    request = await (await line.next()).start();
    // Sentences are said at the pace of listening.
    if (isHurried) hurry(20);
    id = 1;
  }

  it('is accessible while it is said', async () => {
    await begin();
    await say(PARAGRAPH);
    await heard('plain HTTP.');
    await expectAccessible(element);
  });

  it('is whole blocks where the browser finds no sentences', async () => {
    stub(Intl, 'Segmenter', undefined as unknown as typeof Intl.Segmenter);
    await begin();
    await say('A first sentence of some length, to be heard. And half of an');
    await say('other one.\n\nMore');
    await heard('A first sentence of some length, to be heard. And half of another one.');
    expect(announced(element, 'log')).not.to.include('More');
  });

  it('is a reply in whole sentences, each once, as it stands in the page; code and tables are summed up', async () => {
    await begin();
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => void changes.push(...records));
    observer.observe(query(element, '[data-announcer=log]')!, { childList: true, characterData: true, subtree: true });
    for (let at = 0; at < REPLY.length; at += 7) await say(REPLY.slice(at, at + 7));
    await request.finish(++id);
    await until(() => lines().at(-1) === 'Reply complete.', 'the end to be heard');
    const all = lines().join(' ');
    for (const part of [
      'Streaming.',
      'Server-sent events are a one-way stream over plain HTTP.',
      'Here is the short version, with a table.',
      'Open a request and read its body. Split it on blank lines.',
      'Code block, ts, 2 lines.',
      'Table with 2 columns and 1 row.',
      'That is all.',
    ]) {
      expect(all.split(part), part).to.have.length(2);
    }
    expect(lines().length).to.be.at.most(10);
    expect(all).not.to.match(/[*#`|]|const/);
    expect(all.length).to.be.at.most(answer(element).textContent!.length * 1.05 + 'Reply complete.'.length);
    for (const { type, removedNodes } of changes) {
      expect(type).to.equal('childList');
      expect(removedNodes).to.have.length(0);
    }
    observer.disconnect();
  });

  it('is no half sentence while it may go on', async () => {
    await begin();
    await say('This sentence has ended and is long enough to be said. This one has not');
    await heard('long enough to be said.');
    expect(announced(element, 'log')).not.to.include('This one');
  });

  it('has a pause behind each block, and no second one where a sentence ends, in any script', async () => {
    await begin();
    await say(
      '# A heading\n\nWhat follows:\n\n- यह एक वाक्य है।\n- كيف؟\n- 这是一句话。\n- an **item**\n  - with another\n\nSo it goes…\n\n',
    );
    await request.finish(++id);
    await heard('Reply complete.');
    const all = 'A heading. What follows: यह एक वाक्य है। كيف؟ 这是一句话。 an item. with another. So it goes…';
    expect(lines().slice(0, -1).join(' ')).to.equal(all);
  });

  it('is at most a part of a long reply, and how long it was', async () => {
    await begin();
    await say(`${PARAGRAPH.repeat(20)}\n\n`);
    await request.finish(++id);
    await status(element, 'done');
    await heard('The rest is in the conversation.');
    expect(lines().at(-1)).to.equal('Reply complete, 340 words. The rest is in the conversation.');
    expect(lines().slice(0, -1).join(' ').length).to.be.within(400, 620);
  });

  it('counts the words of all texts once, and none of code and tables', async () => {
    await begin();
    await say(
      `${PARAGRAPH.repeat(19)}\n\n# Two words\n\n- one\n- **t**wo\n  three\n  - four\n\n    five\n- six seven\n\n`,
    );
    await say(
      '> eight\n>\n> nine ten\n\n```js\nno word of these\n```\n\n| nor | of |\n| --- | --- |\n| this | one |\n\n',
    );
    await request.finish(++id);
    await heard('Reply complete, 335 words. The rest is in the conversation.');
  });

  it('is an item of a list as soon as the next begins, also in lower case, and no more at a time than any text', async () => {
    await begin();
    const item = (number: number) => `item ${number} of a list that is written in lower case, without a stop`;
    await say(`- ${item(1)}\n- ${item(2)}\n- `);
    await heard(`${item(1)}.`);
    for (let number = 3; number <= 30; number++) await say(`${item(number)}\n- `);
    await request.finish(++id);
    await heard('The rest is in the conversation.');
    const said = lines().slice(0, -1);
    expect(Math.max(...said.map(({ length }) => length))).to.be.at.most(240);
    expect(said.join('').length).to.be.within(400, 600);
    for (const text of said) expect(text).to.match(/^item \d.* stop\.$/);
  });

  it('is at most 240 characters at a time of a poem, which has no stop', async () => {
    await begin();
    await say('A line of a poem, whose sentence goes on and on  \n'.repeat(24));
    await request.finish(++id);
    await heard('The rest is in the conversation.');
    const said = lines().slice(0, -1);
    expect(said.map(({ length }) => length <= 240)).to.deep.equal([true, true]);
    expect(said.join(' ')).to.match(/^(A line of a poem, whose sentence goes on and on ?)+/);
  });

  it('is not even cut into sentences beyond that part', async () => {
    let length = 0;
    // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
    const { segment } = Intl.Segmenter.prototype;
    stub(Intl.Segmenter.prototype, 'segment', function (this: Intl.Segmenter, text: string) {
      length += text.length;
      return segment.call(this, text);
    });
    await begin();
    await say(`${PARAGRAPH}\n\n`.repeat(100));
    await request.finish(++id);
    await status(element, 'done');
    await heard('Reply complete, 1,700 words. The rest is in the conversation.');
    expect(length).to.be.within(400, 2_000);
  });

  it('is counted when all of it stands in the page, however many writes a slow device takes for it', async () => {
    await begin();
    const now = performance.now.bind(performance);
    let spentMs = 0;
    stub(performance, 'now', () => now() + (spentMs += 30));
    const wait = window.setTimeout;
    const waiting = (callback: () => void, delayMs = 0) => wait(callback, delayMs || 60);
    stub(window, 'setTimeout', waiting as typeof setTimeout);
    await say(`${PARAGRAPH}\n\n`.repeat(100));
    await request.finish(++id);
    await heard('Reply complete, 1,700 words. The rest is in the conversation.');
  });

  it('ends where the visitor writes', async () => {
    await begin();
    await say(PARAGRAPH);
    await heard('plain HTTP.');
    await write(element, 'But');
    const before = announced(element, 'log');
    await say(`${PARAGRAPH}\n\n`);
    await request.finish(++id);
    await heard('Reply complete.');
    expect(announced(element, 'log')).to.equal(`${before}Reply complete.`);
  });

  it('is the next reply without a pause for what was said of the last one', async () => {
    await begin({}, false);
    await say(`${PARAGRAPH.repeat(2)}\n\n`);
    await heard('plain HTTP.');
    await request.finish(++id);
    await status(element, 'done');
    await ask(element, 'Again');
    request = await (await line.next()).start('m2');
    await request.event({ type: 'token', content: `Of another reply these words are the first.\n\nMore` }, 12);
    const since = performance.now();
    await heard('these words are the first.');
    // The other one would have been listened to for 8 s.
    expect(performance.now() - since).to.be.below(4_000);
  });

  it('ends at Escape, also once the reply is whole', async () => {
    await begin();
    const [first, firstRequest] = [element, request];
    await begin({}, false);
    await firstRequest.token(`${PARAGRAPH.repeat(4)}\n\n`, 2);
    await firstRequest.finish(3);
    await status(first, 'done');
    await until(() => announced(first, 'log'), 'the first words');
    key(first, 'Escape');
    const before = announced(first, 'log');
    // Of the same reply, begun later.
    await request.token(`${PARAGRAPH.repeat(4)}\n\n`, 2);
    await request.finish(3);
    await heard('Reply complete.');
    expect(announced(first, 'log')).to.equal(before);
    expect(before).not.to.include('complete');
  });

  it('ends where a new chat is begun', async () => {
    await begin();
    const [first, firstRequest] = [element, request];
    await begin({}, false);
    for (const each of [firstRequest, request]) await each.token(`${PARAGRAPH.repeat(4)}\n\n`, 2);
    await until(() => announced(first, 'log'), 'the first words');
    first.newSession();
    const before = announced(first, 'log');
    // Of the same reply at the same time.
    await request.finish(3);
    await heard('Reply complete.');
    expect(announced(first, 'log')).to.equal(before);
  });

  it('is a reply when it is whole, where announce is end', async () => {
    await begin({ announce: 'end' });
    await say(`${PARAGRAPH}\n\nMore`);
    await until(() => answer(element).textContent?.endsWith('More'), 'the words');
    expect(announced(element, 'log')).to.equal('');
    await request.finish(++id);
    await heard('plain HTTP.');
    await heard('Reply complete.');
  });

  it('is only that a reply has ended, where announce is status, and nothing where it is off', async () => {
    await begin({ announce: 'status' });
    await say(PARAGRAPH);
    await request.finish(++id);
    await heard('Reply complete.');
    expect(lines()).to.deep.equal(['Reply complete.']);
    element.announce = 'off';
    await ask(element, 'Again');
    request = await (await line.next()).start('m2');
    await request.event({ type: 'token', content: PARAGRAPH }, 12);
    await request.event({ type: 'end', messageId: 'm2', reason: 'complete' }, 13);
    await status(element, 'done');
    expect(lines()).to.deep.equal(['Reply complete.']);
  });

  it('is that a reply is on its way, where its words take their time', async () => {
    await begin();
    await heard('Ask us is replying.');
  });

  it('is of two failures the newest alone', async () => {
    await begin();
    await request.event({ type: 'error', error: 'no' }, ++id);
    await until(() => announced(element, 'alert'), 'the failure to be heard');
    const said = announced(element, 'alert');
    await ask(element, 'Again');
    request = await (await line.next()).start('m2');
    await request.event({ type: 'error', error: 'no' }, 12);
    await status(element, 'failed');
    expect(said).to.include('went wrong');
    expect(announced(element, 'alert')).to.equal(said);
  });

  it('is gone after 20 s without a word of its kind, and where the element is taken away', async () => {
    stub(navigator, 'clipboard', { writeText: () => Promise.resolve() } as unknown as Clipboard);
    // Held, and not shortened: the patience of the commands to the tests' server is 20 s, too.
    const pass = holdRests(20_000, 20_000);
    await begin({}, false);
    await say('One');
    await request.event({ type: 'error', error: 'no' }, ++id);
    await until(() => announced(element, 'alert'), 'the failure to be heard');
    await until(() => button(element, 'Copy'), 'a button');
    const copy = button(element, 'Copy')!;
    pass(10_000);
    copy.click();
    await heard('Copied');
    pass(9_999);
    expect(announced(element, 'alert')).not.to.equal('');
    pass(1);
    expect(announced(element, 'alert')).to.equal('');
    pass(9_999);
    expect(announced(element, 'log')).to.include('Copied');
    pass(1);
    expect(announced(element, 'log')).to.equal('');
    copy.click();
    await heard('Copied');
    element.remove();
    expect(announced(element, 'log')).to.equal('');
  });
});
