import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub } from './page.js';
import { Chat, Line } from './server.js';
import {
  announced,
  button,
  expectAccessible,
  hasFocus,
  open,
  press,
  query,
  readable,
  seenLive,
  shows,
  until,
} from './visitor.js';

/** A frame has been painted: what its callbacks and observers do is done. */
const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const messages = (element: ChatStreamElement) => [...element.shadowRoot!.querySelectorAll<HTMLElement>('.message')];
const scroller = (element: ChatStreamElement) => query(element, '.scroll')!;

/** The newest page of a session, whose answers are as long as their number says. */
function page(from: number, to: number, hasMore: boolean, at = (_number: number) => '') {
  const data = [];
  for (let number = from; number <= to; number++) {
    const common = { status: 'complete', createdAt: at(number), lastEventId: number };
    const question = { id: `u${number}`, role: 'user', content: `Question ${number}`, ...common };
    const content = `Answer ${number}\n\n${'A sentence of some length. '.repeat((number * 7) % 40)}`;
    data.push(question, { id: `m${number}`, role: 'assistant', content, parentId: question.id, ...common });
  }
  return { data, lastEventId: to, hasMore };
}

describe('a long conversation', () => {
  let line: Line;
  let element: ChatStreamElement;
  const SESSION = 'session-0123456789abcdef';

  async function openAt(newest: object): Promise<void> {
    line = await Line.open();
    element = await open(line.src, { 'session-id': SESSION });
    await (await line.next('GET', '/messages')).json(200, newest, { 'Chat-Stream-Version': '1' });
    await until(() => messages(element).length > 0, 'the messages');
  }

  it('shows its newest messages, and the way to the earlier ones', async () => {
    await openAt(page(26, 50, true));
    expect(messages(element)).to.have.length(50);
    expect(button(element, 'Show earlier messages')).to.exist;
    expect(readable(element)).not.to.include('Start of the conversation');
    await until(() => scroller(element).scrollTop > 0, 'the end to be in view');
  });

  it('is accessible', async () => {
    await openAt(page(49, 50, true));
    await expectAccessible(element);
  });

  it('keeps what is read where it is when earlier ones come above, to the pixel', async () => {
    await openAt(page(26, 50, true));
    for (const [first, last] of [
      [11, 25],
      [1, 10],
    ] as const) {
      scroller(element).dispatchEvent(new WheelEvent('wheel', { deltaY: -9_999 }));
      scroller(element).scrollTop = 12;
      await frame();
      const held = messages(element)[0]!;
      await press(element, 'Show earlier messages');
      const { top } = held.getBoundingClientRect();
      const request = await line.next('GET', `before=u${last + 1}`);
      await shows(element, 'Loading earlier messages…');
      await request.json(200, page(first, last, first > 1), { 'Chat-Stream-Version': '1' });
      await until(() => held.getBoundingClientRect().top !== 0 && messages(element)[0] !== held, 'the earlier ones');
      for (let count = 0; count < 10; count++) {
        expect(Math.abs(held.getBoundingClientRect().top - top), 'moved by').to.be.below(1);
        await frame();
      }
      const count = 2 * (last - first + 1);
      await until(() => announced(element, 'log').includes(`${count} earlier messages shown.`), 'the count to be told');
    }
    expect(messages(element)).to.have.length(100);
    expect(button(element, 'Show earlier messages')).to.be.undefined;
    expect(readable(element)).to.include('Start of the conversation');
    expect(hasFocus(element)).to.be.true;
  });

  it('says where the earlier ones cannot be loaded, and offers it again', async () => {
    await openAt(page(49, 50, true));
    await press(element, 'Show earlier messages');
    await (await line.next('GET', 'before=')).problem(500, 'internal');
    await shows(element, 'The earlier messages could not be loaded.');
    expect(announced(element, 'log')).to.equal('The earlier messages could not be loaded.');
    expect(seenLive(element)).to.deep.equal([]);
    await expectAccessible(element);
    await press(element, 'Show earlier messages');
    await (await line.next('GET', 'before=')).json(200, page(47, 48, false), { 'Chat-Stream-Version': '1' });
    await until(() => messages(element).length === 8, 'the earlier ones');
    expect(readable(element)).not.to.include('could not be loaded');
  });

  it('has old replies laid out in view only, and its scroll bar does not move for that', async () => {
    await openAt(page(26, 50, false));
    const before = scroller(element).scrollHeight;
    const replies = [...element.shadowRoot!.querySelectorAll('.message.answer')];
    await until(() => replies[0]?.classList.contains('old'), 'the old ones to be marked');
    expect(
      replies.slice(-4).some((reply) => reply.classList.contains('old')),
      'the newest',
    ).to.be.false;
    // Safari does not hold the place when a size turns out to be another.
    const expected = CSS.supports('overflow-anchor', 'auto') ? 'auto' : 'visible';
    expect(getComputedStyle(replies[0]!).contentVisibility).to.equal(expected);
    for (let count = 0; count < 5; count++) {
      await frame();
      expect(scroller(element).scrollHeight).to.equal(before);
    }
    scroller(element).scrollTop = 0;
    await frame();
    await frame();
    expect(scroller(element).scrollHeight).to.equal(before);
  });

  it('has a line where a day begins', async () => {
    const noon = new Date().setHours(12, 0, 0, 0);
    stub(Date, 'now', () => noon);
    const day = (ago: number) => new Date(new Date(noon).setDate(new Date(noon).getDate() - ago)).toISOString();
    await openAt(page(1, 4, false, (number) => day([40, 1, 1, 0][number - 1] ?? 0)));
    const lines = [...element.shadowRoot!.querySelectorAll('.day')].map(({ textContent }) => textContent);
    const long = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
    expect(lines).to.have.length(3);
    expect(lines[0]).to.include(long.format(new Date(day(40))).split(',')[0]);
    expect(lines.slice(1)).to.deep.equal(['Yesterday', 'Today']);
    await expectAccessible(element);
  });
});

describe('with the real server', () => {
  it('the whole of a conversation can be reached after a reload', async () => {
    const chat = await Chat.open();
    const sessionId = 'session-of-many-turns-0001';
    for (let number = 1; number <= 30; number++) {
      const sent = fetch(`${chat.src}/sessions/${sessionId}/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ content: `Question ${number}` }),
      });
      const turn = await chat.nextTurn();
      await turn.say(`Answer ${number}`);
      await turn.finish();
      await sent;
    }
    const element = await open(chat.src, { 'session-id': sessionId });
    await until(() => element.messages.length === 50, 'the newest');
    await press(element, 'Show earlier messages');
    await until(() => element.messages.length === 60, 'the earlier ones');
    expect(element.messages.filter(({ role }) => role === 'user').map(({ content }) => content)).to.deep.equal(
      Array.from({ length: 30 }, (_, index) => `Question ${index + 1}`),
    );
    await shows(element, 'Start of the conversation');
  });
});
