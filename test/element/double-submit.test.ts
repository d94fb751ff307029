import { expect } from '@open-wc/testing';
import { sendKeys, sendMouse } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, shiftClock, stopClock, warnings } from './page.js';
import { Chat, Line } from './server.js';
import {
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
  shows,
  status,
  until,
  write,
} from './visitor.js';

describe('double-submit: one intent is one message', () => {
  let line: Line;
  let element: ChatStreamElement;
  beforeEach(async () => {
    line = await Line.open();
  });

  const posts = async () => (await line.requests()).filter((request) => request.startsWith('POST'));

  /** One question was asked, is being answered, and nothing is left in the field or told to the console. */
  async function expectOne(text: string): Promise<void> {
    const request = await line.next();
    expect(request.body.content).to.equal(text);
    await (await request.start()).token('Hi', 2);
    await answers(element, 'Hi');
    expect(element.messages.map(({ content }) => content)).to.deep.equal([text, 'Hi']);
    expect(element.status).to.equal('streaming');
    expect(field(element).value).to.equal('');
    await request.finish(3);
    await status(element, 'done');
    await expectAccessible(element);
    expect(await posts()).to.have.length(1);
    expect(warnings).to.deep.equal([]);
  }

  it('on a double click on Send', async () => {
    const pass = stopClock();
    element = await open(line.src);
    await write(element, 'Hello');
    pass(1_000);
    const { x, y, width, height } = button(element, 'Send message')!.getBoundingClientRect();
    const position: [number, number] = [Math.round(x + width / 2), Math.round(y + height / 2)];
    await sendMouse({ type: 'click', position });
    await sendMouse({ type: 'click', position });
    await expectOne('Hello');
  });

  it('on Enter twice, on Enter and the button, and on Enter that is held down, in one turn of the page', async () => {
    const pass = stopClock();
    element = await open(line.src);
    await write(element, 'Hello');
    pass(1_000);
    key(element, 'Enter');
    key(element, 'Enter');
    key(element, 'Enter', { repeat: true });
    query(element, '.go')!.click();
    query(element, 'form')!.dispatchEvent(new SubmitEvent('submit', { cancelable: true, bubbles: true }));
    await expectOne('Hello');
  });

  it('on Enter twice, pressed on the keyboard', async () => {
    element = await open(line.src);
    element.focus();
    await sendKeys({ type: 'Hello' });
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'Enter' });
    await expectOne('Hello');
  });

  it('on a suggestion that is pressed twice in one turn of the page', async () => {
    element = await open(line.src);
    const suggestion = Object.assign(document.createElement('button'), { slot: 'suggestions', textContent: 'Where?' });
    element.append(suggestion);
    await until(() => suggestion.checkVisibility(), 'the suggestion');
    suggestion.click();
    suggestion.click();
    await expectOne('Where?');
  });

  it('on a suggestion that is pressed again after the page has canceled it', async () => {
    element = await open(line.src);
    const suggestion = Object.assign(document.createElement('button'), { slot: 'suggestions', textContent: 'Where?' });
    element.append(suggestion);
    await until(() => suggestion.checkVisibility(), 'the suggestion');
    element.addEventListener('chat-send', (event) => event.preventDefault(), { once: true });
    suggestion.click();
    await until(() => field(element).value === 'Where?', 'the text to come back');
    await write(element, '');
    warnings.length = 0;
    suggestion.click();
    await expectOne('Where?');
  });

  it('on send() twice: the second is told so', async () => {
    element = await open(line.src);
    void element.send('Hello');
    const second = await element.send('Hello').catch((error: unknown) => error);
    expect(second).to.have.property('code', 'not_sent');
    await expectOne('Hello');
  });

  for (const [browser, endsFirst] of [
    ['Chrome', false],
    ['Safari', true],
  ] as const) {
    it(`on the Enter that ends a composition and the one after it, in ${browser}'s order of events`, async () => {
      element = await open(line.src);
      const type = (event: Event) => field(element).dispatchEvent(event);
      const compose = (name: string, data: string) => type(new CompositionEvent(name, { data, bubbles: true }));
      field(element).focus();
      compose('compositionstart', '');
      compose('compositionupdate', 'にほん');
      await write(element, 'にほん');
      const keyDown = () => key(element, 'Enter', { keyCode: 229, isComposing: !endsFirst });
      const end = () => {
        field(element).value = '日本';
        type(new InputEvent('input', { inputType: 'insertCompositionText', data: '日本', bubbles: true }));
        compose('compositionend', '日本');
      };
      if (endsFirst) end();
      expect(keyDown(), 'its default').to.be.true;
      if (!endsFirst) end();
      await element.updateComplete;
      expect(element.messages).to.deep.equal([]);
      expect(field(element).value).to.equal('日本');
      key(element, 'Enter', { keyCode: 13 });
      await expectOne('日本');
    });
  }
});

describe('stop-button', () => {
  let pass: (advanceMs: number) => void;
  beforeEach(() => {
    pass = shiftClock();
  });

  async function begin(line: Line) {
    const element = await open(line.src);
    await ask(element, 'Hello');
    const request = await (await line.next()).start();
    await request.token('One ', 2);
    await answers(element, 'One ');
    pass(300);
    return { element, request };
  }
  const stops = async (line: Line) => (await line.requests()).filter((request) => request.includes('/stop?length=4'));

  it('asks the server once, however often it is pressed', async () => {
    const line = await Line.open();
    const { element, request } = await begin(line);
    const ends = record(element, 'chat-end');
    const stop = button(element, 'Stop the reply')!;
    stop.click();
    stop.click();
    key(element, 'Escape');
    element.stop();
    const told = await line.next('POST', '/messages/m1/stop');
    stop.click();
    await told.json(200, { id: 'm1', status: 'stopped', length: 4 });
    await request.left();
    expect(answer(element).textContent).to.equal('One ');
    expect(element.status).to.equal('stopped');
    expect(await stops(line)).to.have.length(1);
    expect(ends).to.have.length(1);
    expect(await line.requests(), 'the question and the stop').to.have.length(2);
  });

  it('sends no draft where the reply has ended just before it is pressed', async () => {
    const line = await Line.open();
    const { element, request } = await begin(line);
    await write(element, 'A draft');
    stopClock();
    await request.finish(3);
    await status(element, 'done');
    query(element, '.go')!.click();
    await shows(element, 'Ready');
    query(element, '.go')!.click();
    await element.updateComplete;
    expect(element.status).to.equal('done');
    expect(field(element).value).to.equal('A draft');
    expect(await line.requests()).to.have.length(1);
  });

  it('stops a reply whose line was cut, without another word of it', async () => {
    const line = await Line.open();
    const { element, request } = await begin(line);
    await request.cut();
    await status(element, 'reconnecting');
    await press(element, 'Stop the reply');
    expect(element.status).to.equal('stopped');
    const told = await line.next('POST', '/messages/m1/stop');
    await told.json(200, { id: 'm1', status: 'stopped', length: 4 });
    await shows(element, 'You stopped this reply.');
    expect(answer(element).textContent).to.equal('One ');
  });

  it('leaves on the server what is shown, whenever it is pressed, and a new page shows the same', async () => {
    const words = ['One ', 'two ', 'three ', 'four ', 'five.'];
    for (let heard = 0; heard <= words.length; heard++) {
      const chat = await Chat.open();
      const element = await open(chat.src, { history: 'none' });
      await ask(element, 'Hello');
      const turn = await chat.nextTurn();
      for (const word of words.slice(0, heard)) await turn.say(word);
      // Words may still be on their way, and so may the stop.
      if (heard === 0) await status(element, 'streaming');
      element.stop();
      await turn.aborted();
      const again = await open(chat.src, { history: 'none', 'session-id': element.sessionId! });
      await status(again, 'stopped');
      const stored = again.messages.at(-1)!.content;
      await until(() => element.messages.at(-1)?.content === stored, `"${stored}" to be shown, stopped at ${heard}`);
      expect(words.join('').startsWith(stored)).to.be.true;
      expect(element.status).to.equal('stopped');
    }
  });
});
