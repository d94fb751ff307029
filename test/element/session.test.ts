import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, stub, warnings } from './page.js';
import { Chat, Line } from './server.js';
import {
  answer,
  answers,
  ask,
  bubbles,
  button,
  expectAccessible,
  field,
  open,
  press,
  query,
  readable,
  shows,
  status,
  talk,
  until,
  write,
} from './visitor.js';

describe('session', () => {
  let chat: Chat;
  beforeEach(async () => {
    chat = await Chat.open();
  });

  /** The page is left, and loaded again. */
  async function reload(element: ChatStreamElement, attributes: Record<string, string> = {}) {
    dispatchEvent(new PageTransitionEvent('pagehide'));
    element.remove();
    await until(() => element.status === 'idle', 'the conversation to be let go');
    return open(chat.src, attributes);
  }

  const kept = (storage: Storage): string =>
    Object.entries(storage)
      .filter(([name]) => name.includes(chat.src))
      .map(([, value]) => value as string)
      .join(' ');

  it('is accessible when it is shown again', async () => {
    const element = await open(chat.src);
    await talk(chat, element, 'Hello', 'Hi');
    const again = await reload(element);
    await shows(again, 'Hi');
    await expectAccessible(again);
  });

  it('shows the conversation again after a reload', async () => {
    const element = await open(chat.src);
    await talk(chat, element, 'One', 'First');
    await talk(chat, element, 'Two', 'Second');
    const again = await reload(element);
    await until(() => answer(again)?.textContent === 'Second', 'the answer');
    await shows(again, 'Ready');
    expect(bubbles(again)).to.deep.equal(['One', 'Two']);
    expect(again.sessionId).to.equal(element.sessionId);
    expect(readable(again)).not.to.include('Try again');
    await talk(chat, again, 'Three', 'Third');
    expect(bubbles(again)).to.deep.equal(['One', 'Two', 'Three']);
  });

  it('resumes the reply that runs after a reload', async () => {
    const element = await open(chat.src);
    await ask(element, 'Hello');
    const turn = await chat.nextTurn();
    await turn.say('One ');
    await answers(element, 'One ');
    const again = await reload(element);
    const starts = record(again, 'chat-start');
    await turn.say('two ');
    await answers(again, 'One two ');
    await turn.say('three');
    await turn.finish();
    await status(again, 'done');
    await answers(again, 'One two three');
    expect(starts).to.have.length(1);
    expect((await chat.requests()).filter((request) => request.startsWith('POST'))).to.have.length(1);
  });

  it('shows what this tab remembers until the server answers, without an alarm', async () => {
    const line = await Line.open();
    const element = await open(line.src);
    await ask(element, 'Hello');
    const request = await (await line.next()).start();
    await request.token('One ', 2);
    await answers(element, 'One ');
    dispatchEvent(new PageTransitionEvent('pagehide'));
    element.remove();
    await request.left();

    const again = await open(line.src);
    const history = await line.next('GET', '/messages?');
    await answers(again, 'One ');
    await shows(again, 'Connecting');
    expect(query(again, '.note')).to.equal(null);
    await history.problem(404, 'session_not_found');
    await shows(again, 'The connection was lost.');
    expect(answer(again).textContent).to.equal('One ');
    await press(again, 'Try again');
    const repeated = await line.next();
    expect(repeated.body).to.deep.equal(request.body);
  });

  it('keeps nothing where history is none', async () => {
    const element = await open(chat.src, { history: 'none' });
    await talk(chat, element, 'Hello', 'Hi');
    expect(kept(sessionStorage) + kept(localStorage)).to.equal('');
    const again = await reload(element, { history: 'none' });
    expect(again.messages).to.deep.equal([]);
    expect(again.sessionId).not.to.equal(element.sessionId);
  });

  it('keeps it for later visits where history is local', async () => {
    const element = await open(chat.src, { history: 'local' });
    await talk(chat, element, 'Hello', 'Hi');
    expect(kept(sessionStorage)).to.equal('');
    expect(kept(localStorage)).to.include('Hello');
    const again = await reload(element, { history: 'local' });
    await answers(again, 'Hi');
    localStorage.clear();
  });

  it('keeps the id alone where history is server', async () => {
    const element = await open(chat.src, { history: 'server' });
    await talk(chat, element, 'Hello', 'Hi');
    expect(kept(localStorage)).to.include(element.sessionId).and.not.include('Hello').and.not.include('Hi"');
    const again = await reload(element, { history: 'server' });
    await shows(again, 'Hi');
    expect(bubbles(again)).to.deep.equal(['Hello']);
    localStorage.clear();
  });

  it('lives as long as the page where the browser allows no storage', async () => {
    const forbid = () => {
      throw new DOMException('Not here', 'SecurityError');
    };
    for (const method of ['getItem', 'setItem', 'removeItem'] as const) stub(Storage.prototype, method, forbid);
    const element = await open(chat.src);
    await talk(chat, element, 'Hello', 'Hi');
    const parent = element.parentElement!;
    element.remove();
    await until(() => element.status === 'idle', 'the conversation to be let go');
    parent.append(element);
    await answers(element, 'Hi');
    expect(bubbles(element)).to.deep.equal(['Hello']);
    expect(warnings).to.deep.equal([]);
  });

  it('starts anew with New chat', async () => {
    const element = await open(chat.src);
    expect(button(element, 'New chat')).to.equal(undefined);
    await talk(chat, element, 'Hello', 'Hi');
    const previous = element.sessionId;
    const changes = record(element, 'chat-session');
    await press(element, 'New chat');
    await shows(element, 'How can I help?');
    expect(element.sessionId).not.to.equal(previous);
    expect(element.getAttribute('session-id')).to.equal(element.sessionId);
    expect(changes).to.deep.equal([{ sessionId: element.sessionId, previous }]);
    expect(element.messages).to.deep.equal([]);
    await talk(chat, element, 'Again', 'Yes');
    const again = await reload(element);
    await answers(again, 'Yes');
    expect(bubbles(again)).to.deep.equal(['Again']);
  });

  it('asks the server for no session in which nothing was asked so far', async () => {
    const element = await open(chat.src);
    const unused = await reload(element);
    expect(unused.sessionId).to.equal(element.sessionId);
    await talk(chat, unused, 'Hello', 'Hi');
    await press(unused, 'New chat');
    const fresh = await reload(unused);
    expect(fresh.sessionId).to.equal(unused.sessionId);
    expect(fresh.messages).to.deep.equal([]);
    await talk(chat, fresh, 'Again', 'Yes');
    const asked = async () => (await chat.requests()).filter((request) => request.startsWith('GET'));
    expect(await asked()).to.deep.equal([]);
    await answers(await reload(fresh), 'Yes');
    // The browser's own copy is shown first.
    await until(async () => (await asked()).length === 1, 'the server to be asked');
  });

  it('keeps what was asked in it elsewhere, where this element has heard nothing of that', async () => {
    stub(window, 'BroadcastChannel', undefined as unknown as typeof BroadcastChannel);
    const [unused, other] = [await open(chat.src), await open(chat.src)];
    expect(other.sessionId).to.equal(unused.sessionId);
    await talk(chat, other, 'Hello', 'Hi');
    other.remove();
    const again = await reload(unused);
    await answers(again, 'Hi');
  });

  it('leaves a running reply to the server when a new chat is started', async () => {
    const element = await open(chat.src);
    await ask(element, 'Hello');
    const turn = await chat.nextTurn();
    await turn.say('One ');
    await answers(element, 'One ');
    const previous = element.sessionId!;
    element.newSession();
    await turn.say('two');
    await turn.finish();
    await talk(chat, element, 'Other', 'Else');
    element.sessionId = previous;
    await answers(element, 'One two');
    expect(bubbles(element)).to.deep.equal(['Hello']);
  });

  it('shows the session that the page asks for', async () => {
    const element = await open(chat.src);
    await talk(chat, element, 'One', 'First');
    const first = element.sessionId!;
    element.newSession();
    await talk(chat, element, 'Two', 'Second');
    const second = element.sessionId;
    const changes = record(element, 'chat-session');
    element.setAttribute('session-id', first);
    await answers(element, 'First');
    expect(bubbles(element)).to.deep.equal(['One']);
    expect(changes).to.deep.equal([{ sessionId: first, previous: second }]);
    element.removeAttribute('session-id');
    await element.updateComplete;
    expect(element.sessionId)
      .to.match(/^[\w-]{16,128}$/)
      .and.not.equal(first);
    expect(element.messages).to.deep.equal([]);
  });

  it('keeps the drafts of two chats of a page apart, where the page names their sessions', async () => {
    const [first, second] = ['first-0123456789-', 'second-0123456789'].map((id) => ({ 'session-id': id }));
    const element = await open(chat.src, first);
    await write(element, 'To the first');
    await write(await open(chat.src, second), 'To the second');
    element.newSession();
    for (const [attributes, draft] of [
      [first, 'To the first'],
      [second, 'To the second'],
      [{}, ''],
    ] as const) {
      const later = await open(chat.src, attributes);
      await later.updateComplete;
      expect(field(later).value).to.equal(draft);
    }
  });

  it('shows a reply that failed as failed again, and has it made anew', async () => {
    const element = await open(chat.src);
    await ask(element, 'Hello');
    const turn = await chat.nextTurn();
    await turn.say('Half');
    await turn.fail();
    await shows(element, 'Something went wrong on our side.');
    const again = await reload(element);
    await shows(again, 'Something went wrong on our side.');
    await press(again, 'Try again');
    const second = await chat.nextTurn();
    await second.say('Whole');
    await second.finish();
    await answers(again, 'Whole');
    await status(again, 'done');
    expect(bubbles(again)).to.deep.equal(['Hello']);
  });
});
