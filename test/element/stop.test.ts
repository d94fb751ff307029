import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, shiftClock } from './page.js';
import { Chat, type Exchange, Line } from './server.js';
import {
  announced,
  answer,
  answers,
  ask,
  button,
  expectAccessible,
  field,
  key,
  open,
  press,
  query,
  readable,
  shows,
  status,
  until,
  write,
} from './visitor.js';

describe('stopping', () => {
  let line: Line;
  let element: ChatStreamElement;
  let pass: (advanceMs: number) => void;
  beforeEach(async () => {
    pass = shiftClock();
    line = await Line.open();
    element = await open(line.src);
  });

  async function begin(): Promise<Exchange> {
    await ask(element, 'Hello');
    const request = await (await line.next()).start();
    await request.token('One ', 2);
    await answers(element, 'One ');
    return request;
  }

  async function stop(): Promise<void> {
    pass(300);
    await press(element, 'Stop the reply');
  }

  it('is accessible when stopped', async () => {
    await begin();
    await stop();
    await shows(element, 'You stopped this reply.');
    await expectAccessible(element);
  });

  it('leaves the text as it looked', async () => {
    await begin();
    const look = () => {
      const { color, fontSize, display } = getComputedStyle(answer(element));
      return { color, fontSize, display, width: answer(element).offsetWidth };
    };
    const before = look();
    await stop();
    await shows(element, 'You stopped this reply.');
    expect(look()).to.deep.equal(before);
  });

  it('shows no mark that was still being typed', async () => {
    const request = await begin();
    await request.token('is **very im', 3);
    await answers(element, 'One is very im');
    await stop();
    await shows(element, 'You stopped this reply.');
    expect(answer(element).textContent).to.equal('One is very im');
    expect(answer(element).querySelector('strong')?.textContent).to.equal('very im');
  });

  it('shows what only waited for what would follow', async () => {
    const request = await begin();
    await request.token('**more** is here', 3);
    await answers(element, 'One more is here');
    const words = answer(element).querySelector('strong');
    await request.token(', [1]!', 4);
    await answers(element, 'One more is here, [1]');
    await stop();
    await shows(element, 'You stopped this reply.');
    expect(answer(element).textContent).to.equal('One more is here, [1]!');
    expect(answer(element).querySelector('strong'), 'the same node').to.equal(words);
  });

  it('freezes the text at once, tells the server, and leaves the field ready', async () => {
    const ends = record(element, 'chat-end');
    const request = await begin();
    await stop();
    expect(element.status).to.equal('stopped');
    await shows(element, 'You stopped this reply.');
    expect(ends).to.deep.equal([{ messageId: 'm1', reason: 'stopped', text: 'One ' }]);
    expect(announced(element, 'log')).to.include('Reply stopped.');
    const told = await line.next('POST', '/messages/m1/stop');
    await request.token('two ', 3);
    await request.token('three', 4);
    await told.json(200, { id: 'm1', status: 'stopped', length: 4 });
    expect(answer(element).textContent).to.equal('One ');
    await request.event({ type: 'replace', content: 'One ' }, 5);
    await request.event({ type: 'end', messageId: 'm1', reason: 'stopped', length: 4 }, 6);
    await request.left();
    expect(answer(element).textContent).to.equal('One ');
    expect(button(element, 'Send message')).to.exist;
    await ask(element, 'Next');
    expect((await line.next('POST', '/messages/stream')).body.content).to.equal('Next');
  });

  it('stops on Escape, but not on the one that ends a composition', async () => {
    await begin();
    await write(element, 'にほん');
    key(element, 'Escape', { isComposing: true });
    key(element, 'Escape', { keyCode: 229 });
    expect(element.status).to.equal('streaming');
    await sendKeys({ press: 'Escape' });
    await status(element, 'stopped');
    expect(field(element).value).to.equal('にほん');
  });

  it('leaves Escape to the page while there is nothing to stop', async () => {
    await write(element, 'A draft');
    expect(key(element, 'Escape'), 'its default').to.be.true;
    await begin();
    expect(key(element, 'Escape'), 'its default').to.be.false;
  });

  it('tells the server as soon as it knows which reply to stop', async () => {
    await ask(element, 'Hello');
    const request = await line.next();
    await stop();
    await shows(element, 'You stopped this reply.');
    await request.start();
    await (await line.next('POST', '/messages/m1/stop')).json(200, { id: 'm1', status: 'stopped', length: 0 });
    await request.left();
    expect(readable(element)).to.include('You stopped this reply.');
  });

  it('shows all of a reply that was whole before the server heard of it', async () => {
    const request = await begin();
    await stop();
    await request.token('two', 3);
    await request.finish(4, { length: 7 });
    await status(element, 'done');
    await answers(element, 'One two');
    await until(() => !readable(element).includes('You stopped this reply.'), 'the mark to go');
  });

  it('marks a reply that somebody else has stopped', async () => {
    const request = await begin();
    await request.finish(3, { reason: 'stopped', length: 4 });
    await status(element, 'stopped');
    await shows(element, 'This reply is not complete.');
  });

  it('reaches the responder of the real server', async () => {
    const chat = await Chat.open();
    element = await open(chat.src);
    await ask(element, 'Hello');
    const turn = await chat.nextTurn();
    await turn.say('One ');
    await answers(element, 'One ');
    await stop();
    await turn.aborted();
    await status(element, 'stopped');
    expect(query(element, '.cut-short bdi')?.innerText).to.equal('You stopped this reply.');
    expect(element.messages.at(-1)?.content).to.equal('One ');
  });
});
