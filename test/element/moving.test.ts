import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { Chat, type Turn } from './server.js';
import { answer, answers, ask, expectAccessible, open, query, shows, status, until } from './visitor.js';

describe('moving and changing', () => {
  let chat: Chat;
  let element: ChatStreamElement;
  let turn: Turn;
  beforeEach(async () => {
    chat = await Chat.open();
    element = await open(chat.src);
    await ask(element, 'Hello');
    turn = await chat.nextTurn();
    await turn.say('One ');
    await answers(element, 'One ');
  });

  const words = () => answer(element).firstChild?.firstChild;

  it('is accessible in its new place', async () => {
    (await fixture<HTMLElement>(html`<main></main>`)).append(element);
    await expectAccessible(element);
  });

  it('loses nothing and sends nothing again when it is moved', async () => {
    const node = words();
    const asked = await chat.requests();
    for (const word of ['two ', 'three ', 'four ']) {
      (await fixture<HTMLElement>(html`<div></div>`)).append(element);
      await turn.say(word);
      await until(() => element.messages.at(-1)?.content.endsWith(word), word);
    }
    await turn.finish();
    await status(element, 'done');
    await answers(element, 'One two three four');
    expect(words()).to.equal(node);
    expect(await chat.requests()).to.deep.equal(asked);
  });

  it('goes on showing what comes when it was out for a moment', async () => {
    const parent = element.parentElement!;
    element.remove();
    parent.append(element);
    await turn.say('two');
    await answers(element, 'One two');
    await turn.finish();
    await shows(element, 'Ready');
  });

  it('changes no text when an attribute changes', async () => {
    const node = words();
    const asked = await chat.requests();
    const changes: Record<string, string> = {
      src: 'http://127.0.0.1:1/elsewhere',
      mode: 'page',
      heading: 'Other',
      greeting: 'Other',
      placeholder: 'Other',
      disclosure: 'Other',
      theme: 'dark',
      history: 'none',
      follow: 'bottom',
      images: 'allow',
      links: 'same-tab',
      smoothing: 'off',
      credentials: 'omit',
      'send-key': 'mod-enter',
      'max-length': '5',
      'retry-limit': '1',
      'stall-timeout': '9',
      'heading-level': '4',
      lang: 'de',
      dir: 'rtl',
      disabled: '',
      readonly: '',
      hidden: '',
    };
    for (const [name, value] of Object.entries(changes)) {
      element.setAttribute(name, value);
      await element.updateComplete;
      expect(answer(element).textContent, name).to.equal('One ');
      expect(words(), name).to.equal(node);
    }
    element.strings = { title: 'Other' };
    for (const name of Object.keys(changes)) element.removeAttribute(name);
    await turn.say('two');
    await answers(element, 'One two');
    await turn.finish();
    await status(element, 'done');
    expect(words()).to.equal(node);
    expect(await chat.requests()).to.deep.equal(asked);
  });

  it('draws the same text in another way when markdown changes, and asks nothing again', async () => {
    const asked = await chat.requests();
    await turn.say('**two** ');
    await answers(element, 'One two ');
    element.setAttribute('markdown', 'off');
    await answers(element, 'One **two** ');
    await turn.say('*three* ');
    await answers(element, 'One **two** *three* ');
    element.removeAttribute('markdown');
    await answers(element, 'One two three ');
    expect(query(element, '.prose strong')?.textContent).to.equal('two');
    await turn.say('four');
    await turn.finish();
    await status(element, 'done');
    await answers(element, 'One two three four');
    expect(element.messages.at(-1)?.content).to.equal('One **two** *three* four');
    expect(await chat.requests()).to.deep.equal(asked);
  });

  it('shows another session when session-id changes, and the reply goes on when it is back', async () => {
    const session = element.sessionId!;
    element.setAttribute('session-id', 'another-session-0123456789');
    await shows(element, 'How can I help?');
    expect(element.messages).to.deep.equal([]);
    await turn.say('two ');

    element.setAttribute('session-id', session);
    await answers(element, 'One two ');
    await turn.say('three');
    await turn.finish();
    await status(element, 'done');
    await answers(element, 'One two three');
    expect(element.messages.map(({ content }) => content)).to.deep.equal(['Hello', 'One two three']);
    const posts = (await chat.requests()).filter((request) => request.startsWith('POST'));
    expect(posts, 'sent once, and not stopped').to.have.length(1);
  });

  it('closes its connection when it is taken out for good, and resumes when it is back', async () => {
    const session = element.sessionId;
    const parent = element.parentElement!;
    const node = words();
    element.remove();
    await turn.say('two ');
    await until(() => element.status === 'idle', 'the conversation to be let go');
    expect(await chat.requests(), 'no stop').to.have.length(1);
    await turn.say('three ');

    parent.append(element);
    await answers(element, 'One two three ');
    await turn.say('four');
    await turn.finish();
    await status(element, 'done');
    await answers(element, 'One two three four');
    expect(words()).to.equal(node);
    const [, history, resumed, ...more] = await chat.requests();
    expect(history).to.equal(`GET /sessions/${session}/messages?limit=50`);
    expect(resumed).to.match(/^GET .*\/stream\?after=\d+$/);
    expect(more).to.deep.equal([]);
  });

  it('opens nothing while it is out of the page, whatever is done to it', async () => {
    const asked = await chat.requests();
    const parent = element.parentElement!;
    // Asked for in the page, made out of it.
    element.heading = 'Other';
    element.remove();
    await until(() => element.status === 'idle', 'the conversation to be let go');
    element.heading = 'Another';
    await element.updateComplete;
    expect(element.status).to.equal('idle');
    element.newSession();
    const { sessionId } = element;
    await element.updateComplete;
    expect(element.status).to.equal('idle');
    expect(await chat.requests()).to.deep.equal(asked);

    parent.append(element);
    await shows(element, 'How can I help?');
    expect(element.sessionId).to.equal(sessionId);
    expect(element.messages).to.deep.equal([]);
  });

  it('keeps the conversation of a page that shows two chats apart', async () => {
    const other = await Chat.open();
    const second = await open(other.src);
    await ask(second, 'Second');
    const reply = await other.nextTurn();
    await reply.say('Other words');
    await answers(second, 'Other words');
    expect(answer(element).textContent).to.equal('One ');
    expect(query(second, '.bubble')?.textContent).to.equal('Second');
    expect(second.sessionId).not.to.equal(element.sessionId);
  });
});
