import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub } from './page.js';
import { Chat } from './server.js';
import { answers, ask, bubbles, field, open, press, shows, status, talk, until, write } from './visitor.js';

const OTHER = 'another-session-0123456789';

describe('another session', () => {
  let chat: Chat;
  beforeEach(async () => {
    chat = await Chat.open();
  });

  it('takes messages that wait for a network into the field of the next session', async () => {
    const element = await open(chat.src);
    stub(navigator, 'onLine', false);
    for (const text of ['One', 'Two']) await ask(element, text);
    await write(element, 'A draft');
    await press(element, 'New chat');
    await shows(element, 'How can I help?');
    expect(field(element).value).to.equal('One\n\nTwo\n\nA draft');
    expect(await chat.requests()).to.deep.equal([]);
  });

  for (const [how, change] of [
    ['in the page', (element: ChatStreamElement) => element.setAttribute('session-id', OTHER)],
    ['in the page, where it names none', (element: ChatStreamElement) => element.removeAttribute('session-id')],
    [
      'while the element is out of it',
      async (element: ChatStreamElement) => {
        const parent = element.parentElement!;
        element.remove();
        await until(() => element.status === 'idle' && element.messages.length === 0, 'it to be let go');
        element.sessionId = OTHER;
        parent.append(element);
      },
    ],
    [
      'by a new chat while the element is out of it',
      async (element: ChatStreamElement) => {
        const parent = element.parentElement!;
        element.remove();
        element.newSession();
        await until(() => element.status === 'idle' && element.messages.length === 0, 'it to be let go');
        parent.append(element);
      },
    ],
  ] as const) {
    it(`takes them there, and sends none, where the session is changed ${how}`, async () => {
      const element = await open(chat.src);
      stub(navigator, 'onLine', false);
      for (const text of ['One', 'Two']) await ask(element, text);
      await write(element, 'A draft');
      const before = element.sessionId;
      await change(element);
      await until(() => element.sessionId !== before && bubbles(element).length === 0, 'the other session');
      expect(field(element).value).to.equal('One\n\nTwo\n\nA draft');
      stub(navigator, 'onLine', true);
      dispatchEvent(new Event('online'));
      await element.updateComplete;
      expect((await chat.requests()).filter((request) => request.startsWith('POST'))).to.deep.equal([]);
      await talk(chat, element, 'Three', 'Third');
      expect(bubbles(element)).to.deep.equal(['Three']);
    });
  }

  it('is one and the same in two elements of a page that names none: what is asked in one is answered in both', async () => {
    const first = await open(chat.src);
    const second = await open(chat.src);
    expect(second.sessionId).to.equal(first.sessionId);
    await talk(chat, first, 'One', 'First');
    await answers(second, 'First');
    await status(second, 'done');
    await write(first, 'A draft');
    await talk(chat, second, 'Two', 'Second');
    await answers(first, 'Second');
    expect(field(first).value, 'not touched by the other').to.equal('A draft');
    for (const element of [first, second]) expect(bubbles(element)).to.deep.equal(['One', 'Two']);
    expect((await chat.requests()).filter((request) => request.startsWith('POST'))).to.have.length(2);
  });
});
