import { expect } from '@open-wc/testing';
import { setViewport } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, warnings } from './page.js';
import { Chat, Line } from './server.js';
import {
  announced,
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

const names = (element: ChatStreamElement, selector = '.tools.last'): string[] =>
  [...(query(element, selector)?.querySelectorAll('button') ?? [])].map((tool) => tool.ariaLabel ?? '');

/** Asks, and has it answered whole. */
async function answered(element: ChatStreamElement, line: Line, id: string, text: string, question = 'Hello') {
  await ask(element, question);
  const request = await (await line.next('POST', '/stream')).start(id, { userMessageId: `u-${id}` });
  await request.token(text, 2);
  await request.finish(3, { messageId: id });
  await status(element, 'done');
  await answers(element, text);
}

describe('what can be done with a reply', () => {
  let line: Line;
  let element: ChatStreamElement;
  beforeEach(async () => {
    line = await Line.open();
    element = await open(line.src);
  });

  it('is a group of buttons under the last one, accessible and large enough', async () => {
    await answered(element, line, 'm1', 'First.');
    await answered(element, line, 'm2', 'Second.');
    expect(names(element)).to.deep.equal(['Copy', 'Good reply', 'Poor reply', 'Try again']);
    expect(query(element, '.tools.last')?.ariaLabel).to.equal('Message actions');
    for (const tool of query(element, '.tools.last')!.querySelectorAll('button')) {
      expect([tool.offsetWidth, tool.offsetHeight]).to.deep.equal([36, 36]);
    }
    await expectAccessible(element);
  });

  it('is not there while a reply comes, and is under a stopped one', async () => {
    await ask(element);
    const request = await (await line.next('POST', '/stream')).start();
    await request.token('Half', 2);
    await answers(element, 'Half');
    expect(query(element, '.tools')).to.be.null;
    element.stop();
    await until(() => query(element, '.tools.last'), 'the actions');
    expect(names(element)).to.deep.equal(['Copy', 'Good reply', 'Poor reply', 'Try again']);
  });

  it('shows with an older one when it has the focus, in the gap below, where nothing moves', async () => {
    await answered(element, line, 'm1', 'First.');
    await answered(element, line, 'm2', 'Second.');
    const [older] = element.shadowRoot!.querySelectorAll<HTMLElement>('.tools');
    expect(names(element, '.tools'), 'only the last can be made again').to.deep.equal([
      'Copy',
      'Good reply',
      'Poor reply',
    ]);
    expect(getComputedStyle(older!).opacity).to.equal('0');
    const height = query(element, '.turns')!.offsetHeight;
    expect(getComputedStyle(older!).pointerEvents, 'what is not seen is not pressed').to.equal('none');
    older!.querySelector('button')!.focus();
    expect(getComputedStyle(older!).opacity).to.equal('1');
    expect(getComputedStyle(older!).pointerEvents).to.equal('auto');
    expect(query(element, '.turns')!.offsetHeight).to.equal(height);
  });

  it('is what the attribute says; a word that is none is told to the console, once', async () => {
    element.setAttribute('actions', 'copy sing');
    await answered(element, line, 'm1', 'First.');
    expect(names(element)).to.deep.equal(['Copy']);
    expect(warnings.filter((text) => text.includes('actions='))).to.deep.equal([
      '<chat-stream>: actions="copy sing" has an unknown word "sing". Use copy, retry, feedback, edit.',
    ]);
    element.actions = '';
    await element.updateComplete;
    expect(query(element, '.tools')).to.be.null;
  });
});

describe('feedback', () => {
  let line: Line;
  let element: ChatStreamElement;
  beforeEach(async () => {
    line = await Line.open();
    element = await open(line.src);
    await answered(element, line, 'm1', 'First.');
  });
  const pressed = () => ['Good reply', 'Poor reply'].filter((name) => button(element, name)?.ariaPressed === 'true');

  it('is marked at once, sent, thanked for, and can be changed', async () => {
    const events = record(element, 'chat-feedback');
    await press(element, 'Good reply');
    await until(() => pressed().length > 0, 'the mark');
    const first = await line.next('POST', '/messages/m1/feedback');
    expect(first.body).to.deep.equal({ rating: 'up' });
    await first.head(204, {});
    await first.end();
    await until(() => announced(element, 'log').includes('Thank you for your feedback.'), 'thanks');
    await press(element, 'Poor reply');
    const second = await line.next('POST', '/messages/m1/feedback');
    expect(second.body).to.deep.equal({ rating: 'down' });
    await second.head(204, {});
    await second.end();
    expect(pressed()).to.deep.equal(['Poor reply']);
    expect(events).to.deep.equal([
      { messageId: 'm1', rating: 'up' },
      { messageId: 'm1', rating: 'down' },
    ]);
  });

  it('takes a comment of the page along', async () => {
    element.addEventListener('chat-feedback', (event) => (event.detail.comment = 'too short'));
    await press(element, 'Poor reply');
    const { body } = await line.next('POST', '/feedback');
    expect(body).to.deep.equal({ rating: 'down', comment: 'too short' });
  });

  it('that the server does not take is undone, and told politely', async () => {
    await press(element, 'Good reply');
    await (await line.next('POST', '/feedback')).problem(500, 'internal');
    await shows(element, 'Your feedback could not be sent.');
    expect(pressed()).to.deep.equal([]);
    expect(announced(element, 'log')).to.include('Your feedback could not be sent.');
    expect(announced(element, 'alert')).to.equal('');
    await expectAccessible(element);
  });

  it('is the page’s own where it cancels it', async () => {
    element.addEventListener('chat-feedback', (event) => event.preventDefault());
    await press(element, 'Good reply');
    await element.updateComplete;
    expect(pressed()).to.deep.equal([]);
    expect((await line.requests()).filter((request) => request.includes('feedback'))).to.deep.equal([]);
  });
});

describe('another version of a reply', () => {
  let chat: Chat;
  let element: ChatStreamElement;
  beforeEach(async () => {
    chat = await Chat.open();
    element = await open(chat.src);
    await ask(element, 'Hello');
    await say('First.');
  });

  async function say(text: string): Promise<void> {
    const turn = await chat.nextTurn();
    expect(turn.content).to.equal('Hello');
    await turn.say(text);
    await turn.finish();
    await answers(element, text);
    await status(element, 'done');
  }

  it('takes the place of the last one, which stays reachable; the question is stored once', async () => {
    await press(element, 'Try again');
    await say('Second.');
    await press(element, 'Try again');
    await say('Third.');
    await shows(element, 'Reply 3 of 3');
    await press(element, 'Previous reply');
    await answers(element, 'Second.');
    await shows(element, 'Reply 2 of 3');
    expect(announced(element, 'log')).to.include('Reply 2 of 3');
    await press(element, 'Previous reply');
    await answers(element, 'First.');
    await press(element, 'Previous reply');
    expect(readable(element), 'there is nothing before the first').to.include('Reply 1 of 3');
    await press(element, 'Next reply');
    await answers(element, 'Second.');
    element.lang = 'fa';
    await element.updateComplete;
    expect(readable(element), 'the digits of the texts, where there are none in Persian').to.include('Reply 2 of 3');
    element.removeAttribute('lang');
    const [user, reply] = element.messages;
    expect(element.messages).to.have.length(2);
    expect(user?.content).to.equal('Hello');
    expect(reply?.variants?.map(({ content }) => content)).to.deep.equal(['First.', 'Second.']);
    await expectAccessible(element);
    const { data } = (await (await fetch(`${chat.src}/sessions/${element.sessionId}/messages`)).json()) as {
      data: { role: string; content: string; status: string }[];
    };
    expect(data.map(({ role, content, status: state }) => `${role} ${content} ${state}`)).to.deep.equal([
      'user Hello complete',
      'assistant First. superseded',
      'assistant Second. superseded',
      'assistant Third. complete',
    ]);
  });

  it('is shown as soon as it is asked for, also while an earlier one is looked at', async () => {
    await press(element, 'Try again');
    await say('Second.');
    await press(element, 'Previous reply');
    await answers(element, 'First.');
    await press(element, 'Try again');
    const turn = await chat.nextTurn();
    await turn.say('Third');
    await answers(element, 'Third');
    expect(readable(element)).not.to.match(/Reply \d/);
    await turn.finish();
    await shows(element, 'Reply 3 of 3');
    expect(hasFocus(element)).to.be.true;
  });

  it('is there after a reload, with the vote on it', async () => {
    await press(element, 'Try again');
    await say('Second.');
    await press(element, 'Good reply');
    await until(() => announced(element, 'log').includes('Thank you'), 'thanks');
    const { sessionId } = element;
    element.remove();
    element = await open(chat.src);
    expect(element.sessionId).to.equal(sessionId);
    await shows(element, 'Reply 2 of 2');
    await answers(element, 'Second.');
    expect(button(element, 'Good reply')?.ariaPressed).to.equal('true');
    await press(element, 'Previous reply');
    await answers(element, 'First.');
    expect(button(element, 'Good reply')?.ariaPressed, 'of another version').to.equal('false');
  });

  it('is asked for by the page too, and only of the last reply', async () => {
    const id = element.messages.at(-1)?.id;
    void element.regenerate(id);
    await say('Second.');
    const error = await element.regenerate('nothing').catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'not_sent');
    expect(await element.retry('nothing').catch((thrown: unknown) => thrown)).to.have.property('code', 'not_sent');
  });
});

describe('on a narrow screen', () => {
  it('the actions and the editor stay inside the panel', async () => {
    await setViewport({ width: 320, height: 600 });
    const line = await Line.open();
    const element = await open(line.src, { actions: 'copy retry feedback edit' });
    element.style.inlineSize = '300px';
    await answered(element, line, 'm1', 'First.', 'A question that is so long that its bubble takes all of the width');
    const panel = query(element, '.panel')!;
    const inside = (node: Element) => {
      const { left, right } = node.getBoundingClientRect();
      const bounds = panel.getBoundingClientRect();
      return left >= bounds.left && right <= bounds.right;
    };
    for (const tool of element.shadowRoot!.querySelectorAll('.action'))
      expect(inside(tool), tool.ariaLabel ?? '').to.be.true;
    expect(panel.scrollWidth).to.equal(panel.clientWidth);
    expect(answer(element).textContent).to.equal('First.');
    await setViewport({ width: 800, height: 600 });
  });
});
