import { expect, nextFrame } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record } from './page.js';
import { type Exchange, Line } from './server.js';
import {
  answer,
  answers,
  ask,
  button,
  expectAccessible,
  hasFocus,
  open,
  press,
  query,
  readable,
  shows,
  status,
  until,
} from './visitor.js';

const SOURCES = [
  { id: 'returns', title: 'Returns and refunds', url: 'https://shop.example/returns' },
  { id: '2', title: 'Opening hours', url: 'javascript:alert(1)' },
];
const all = (element: ChatStreamElement, selector: string): HTMLElement[] => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>(selector),
];

let line: Line;
let element: ChatStreamElement;
beforeEach(async () => {
  line = await Line.open();
  element = await open(line.src);
});

async function begin(): Promise<Exchange> {
  await ask(element, 'Hello');
  return (await line.next('POST', '/stream')).start();
}

describe('the sources of a reply', () => {
  it('are cited in the text while it comes, and listed below it', async () => {
    const request = await begin();
    await request.token('Within 30 days [1], ', 2);
    await answers(element, 'Within 30 days [1], ');
    expect(all(element, '.cite'), 'before there are sources').to.have.length(0);
    await request.event({ type: 'sources', sources: SOURCES }, 3);
    await request.token('from nine to five [2], never [3].', 4);
    await answers(element, 'Within 30 days [1], from nine to five [2], never [3].');
    await until(() => all(element, '.cite').length >= 1, 'a citation while it comes');
    await request.finish(5);
    await status(element, 'done');
    await until(() => all(element, '.cite').length === 2, 'both citations');
    expect(all(element, '.cite').map(({ ariaLabel }) => ariaLabel)).to.deep.equal([
      'Source 1: Returns and refunds',
      'Source 2: Opening hours',
    ]);
    const entries = all(element, '.sources li');
    expect(entries.map(({ innerText }) => innerText.trim())).to.deep.equal([
      'Returns and refunds shop.example',
      'Opening hours',
    ]);
    const link = entries[0]!.querySelector('a')!;
    expect([link.href, link.rel, link.target]).to.deep.equal([
      'https://shop.example/returns',
      'noopener noreferrer nofollow',
      '_blank',
    ]);
    expect(entries[1]!.querySelector('a'), 'an address that may not be opened').to.be.null;
    expect(element.messages.at(-1)?.sources).to.deep.equal(SOURCES);
    await expectAccessible(element);
  });

  it('are listed with their hosts, but for those of the page itself', async () => {
    const request = await begin();
    const urls = [
      '/returns.html',
      `${location.origin}/care.html`,
      `//${location.hostname}.example/`,
      'https://b.example/',
    ];
    await request.event({ type: 'sources', sources: urls.map((url, id) => ({ id: `${id}`, title: 'Page', url })) }, 2);
    await request.token('Yes [1].', 3);
    await request.finish(4);
    await until(() => all(element, '.sources a').length === 4, 'the sources');
    expect(all(element, '.sources li').map(({ innerText }) => innerText.trim())).to.deep.equal([
      'Page',
      'Page',
      `Page ${location.hostname}.example`,
      'Page b.example',
    ]);
  });

  it('are cited by their numbers in the list, whatever their ids are', async () => {
    const request = await begin();
    const named = ['b', 'doc-7', '1'].map((id) => ({ id, title: `Title of ${id}` }));
    await request.event({ type: 'sources', sources: named }, 2);
    await request.token('One [b], two [doc-7], ', 3);
    await answers(element, 'One [1], two [2], ');
    await request.token('by number [2], by id [1], **in bold [doc-7]**, [in a link [b]](https://a.example/).', 4);
    await request.finish(5);
    await status(element, 'done');
    await answers(element, 'One [1], two [2], by number [2], by id [3], in bold [2], in a link [1].');
    expect(all(element, '.cite').map(({ innerText, ariaLabel }) => `${innerText} ${ariaLabel}`)).to.deep.equal([
      '1 Source 1: Title of b',
      '2 Source 2: Title of doc-7',
      '2 Source 2: Title of doc-7',
      '3 Source 3: Title of 1',
      '2 Source 2: Title of doc-7',
    ]);
    expect(element.messages.at(-1)?.content).to.include('One [b], two [doc-7]');
  });

  it('have the focus when their citation is pressed', async () => {
    const request = await begin();
    await request.event({ type: 'sources', sources: SOURCES }, 2);
    await request.token('One [1] and two [2].', 3);
    await request.finish(4);
    await status(element, 'done');
    await until(() => all(element, '.cite').length === 2, 'the citations');
    const entries = all(element, '.sources li');
    await press(element, 'Source 1: Returns and refunds');
    expect(element.shadowRoot!.activeElement).to.equal(entries[0]!.querySelector('a'));
    await press(element, 'Source 2: Opening hours');
    expect(element.shadowRoot!.activeElement).to.equal(entries[1]);
  });

  it('are there after a reload, and so are its suggestions', async () => {
    const stored = { status: 'complete', createdAt: new Date().toISOString(), lastEventId: 9 };
    element = await open(line.src, { 'session-id': 'session-0123456789abcdef' });
    await (
      await line.next('GET', 'session-0123456789abcdef/messages')
    ).json(
      200,
      {
        data: [
          { id: 'u1', role: 'user', content: 'Hello', ...stored },
          {
            id: 'm1',
            role: 'assistant',
            content: 'See [1].',
            parentId: 'u1',
            sources: SOURCES,
            suggestions: ['And then?'],
            ...stored,
          },
        ],
        lastEventId: 9,
        hasMore: false,
      },
      { 'Chat-Stream-Version': '1' },
    );
    await answers(element, 'See [1].');
    expect(all(element, '.cite')).to.have.length(1);
    expect(all(element, '.sources li')).to.have.length(2);
    expect(button(element, 'And then?')).to.exist;
  });

  it('change nothing of a text that has marks but no sources', async () => {
    const request = await begin();
    await request.token('See [1] and [ ].', 2);
    await request.finish(3);
    await status(element, 'done');
    await answers(element, 'See [1] and [ ].');
    expect(all(element, '.cite')).to.have.length(0);
    expect(query(element, '.sources')).to.be.null;
  });
});

describe('suggestions', () => {
  it('of the server are offered when its reply is over, sent with one press, and gone then', async () => {
    const request = await begin();
    await request.token('Hi.', 2);
    await request.event({ type: 'suggestions', suggestions: ['One?', ' ', 'Two?', 'Three?', 'Four?', 'Five?'] }, 3);
    await answers(element, 'Hi.');
    expect(button(element, 'One?'), 'while it comes').to.be.undefined;
    await request.finish(4);
    await until(() => button(element, 'One?'), 'the suggestions');
    expect(all(element, '.foot .suggestion').map(({ innerText }) => innerText)).to.deep.equal([
      'One?',
      'Two?',
      'Three?',
      'Four?',
    ]);
    expect(query(element, '.suggestion')!.offsetHeight).to.be.at.least(48);
    await expectAccessible(element);
    await press(element, 'Two?');
    expect((await line.next('POST', '/stream')).body.content).to.equal('Two?');
    expect(all(element, '.foot .suggestion')).to.have.length(0);
    expect(hasFocus(element)).to.be.true;
  });

  for (const [lang, side, sign] of [
    ['en', 'left', 1],
    ['ar', 'right', -1],
  ] as const) {
    it(`of the server that are wider than the chat fade where there are more, on a page in "${lang}"`, async () => {
      element.lang = lang;
      element.style.inlineSize = '390px';
      const request = await begin();
      await request.token('Hi.', 2);
      await request.event({ type: 'suggestions', suggestions: ['One question?', 'Two?', 'Three?'] }, 3);
      await request.finish(4);
      await until(() => button(element, 'Three?'), 'the suggestions');
      const row = query(element, '.foot .suggestions')!;
      /** The side at which it fades away. */
      const fade = () => /to (left|right)/.exec(getComputedStyle(row).maskImage)?.[1] ?? 'none';
      await until(() => fade() === side, 'the fade');
      button(element, 'Two?')!.focus();
      const [item, edges] = [button(element, 'Two?')!, row].map((box) => box.getBoundingClientRect());
      const beyond = side === 'left' ? edges!.right - item!.right : item!.left - edges!.left;
      expect(beyond, 'what has the focus does not fade').to.be.at.least(28);
      expect(fade()).to.equal(side);
      row.scrollLeft = sign * row.scrollWidth;
      await until(() => fade() === 'none', 'its end');
      element.style.inlineSize = '700px';
      await nextFrame();
      row.scrollLeft = sign * row.scrollWidth;
      await until(() => fade() === 'none', 'its end in a wide chat');
      element.style.inlineSize = '500px';
      await until(() => fade() === side, 'the fade in a narrower chat');
    });
  }

  it('of the page stand beside those in the slot, and are sent alike', async () => {
    element.suggestions = ['Where is my order?', 'Do you ship abroad?'];
    await shows(element, 'Ask a question, or start with one of these.');
    expect(query(element, '.suggestions')?.ariaLabel).to.equal('Suggested questions');
    await expectAccessible(element);
    await press(element, 'Do you ship abroad?');
    expect((await line.next('POST', '/stream')).body.content).to.equal('Do you ship abroad?');
  });

  it('are four at the most, those in the slot first', async () => {
    const offered = () =>
      [...element.children, ...all(element, '.suggestion')].flatMap((each) =>
        each instanceof HTMLElement && each.offsetHeight > 0 ? [each.innerText] : [],
      );
    element.suggestions = ['Fifth?', 'Sixth?', 'Seventh?', 'Eighth?', 'Ninth?'];
    for (const text of ['First?', 'Second?', 'Third?']) {
      element.append(Object.assign(document.createElement('button'), { slot: 'suggestions', textContent: text }));
    }
    await until(() => offered().length === 4 && offered()[3] === 'Fifth?', 'one of the page’s own behind three');
    for (const text of ['Fourth?', 'No more?']) {
      element.append(Object.assign(document.createElement('button'), { slot: 'suggestions', textContent: text }));
    }
    await until(() => all(element, '.suggestion').length === 0, 'none of its own behind four');
    expect(offered()).to.deep.equal(['First?', 'Second?', 'Third?', 'Fourth?']);
    await expectAccessible(element);
  });

  it('are not offered where nothing can be asked', async () => {
    element.suggestions = ['Where is my order?'];
    element.disabled = true;
    await element.updateComplete;
    expect(readable(element)).not.to.include('Where is my order?');
  });
});

describe('what a page is told of a reply', () => {
  it('includes the server’s own payloads, each once', async () => {
    const events = record(element, 'chat-data');
    const request = await begin();
    await request.event({ type: 'data', name: 'cart', data: { items: 2 } }, 2);
    await request.event({ type: 'data', name: 'cart', data: { items: 2 } }, 2);
    await request.token('Hi.', 3);
    await answers(element, 'Hi.');
    expect(events).to.deep.equal([{ messageId: 'm1', name: 'cart', data: { items: 2 } }]);
  });

  it('includes the links that are pressed, which it may keep from being followed', async () => {
    const pressed: { detail: unknown; isCanceled: boolean }[] = [];
    const request = await begin();
    await request.event({ type: 'sources', sources: SOURCES }, 2);
    await request.token('Read [this](https://a.example/x) and `code`.', 3);
    await request.finish(4);
    await status(element, 'done');
    await answers(element, 'Read this and code.');
    element.addEventListener('chat-link', (event) => {
      event.preventDefault();
      pressed.push({ detail: event.detail, isCanceled: true });
    });
    const follows: boolean[] = [];
    element.shadowRoot!.addEventListener('click', (event) => {
      follows.push(!event.defaultPrevented);
      event.preventDefault();
    });
    answer(element).querySelector('a')!.click();
    query(element, '.sources a')!.click();
    answer(element).querySelector('code')!.click();
    expect(pressed.map(({ detail }) => detail)).to.deep.equal([
      { messageId: 'm1', href: 'https://a.example/x' },
      { messageId: 'm1', href: 'https://shop.example/returns' },
    ]);
    expect(follows, 'the last is no link').to.deep.equal([false, false, true]);
  });
});
