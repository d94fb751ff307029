import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub } from './page.js';
import { Chat } from './server.js';
import {
  announced,
  answers,
  ask,
  expectAccessible,
  field,
  hasFocus,
  open,
  press,
  query,
  readable,
  seenLive,
  shows,
  status,
  until,
  write,
} from './visitor.js';

describe('changing a message', () => {
  let chat: Chat;
  let element: ChatStreamElement;
  beforeEach(async () => {
    chat = await Chat.open();
    element = await open(chat.src, { actions: 'copy edit' });
    for (const question of ['One', 'Two']) {
      await ask(element, question);
      await say(question, `${question}!`);
    }
  });

  async function say(question: string, text: string): Promise<void> {
    const turn = await chat.nextTurn();
    expect(turn.content).to.equal(question);
    await turn.say(text);
    await turn.finish();
    await answers(element, text);
    await status(element, 'done');
  }
  const editor = () => query(element, '.editor textarea') as HTMLTextAreaElement;
  const pens = () => [...element.shadowRoot!.querySelectorAll<HTMLElement>('.pen')];

  async function edit(index: number): Promise<void> {
    pens()[index]!.click();
    await until(() => element.shadowRoot!.activeElement === editor(), 'the focus in it');
  }

  it('gives back what waits for a network behind it, before the draft', async () => {
    stub(navigator, 'onLine', false);
    await ask(element, 'Three');
    await ask(element, 'Four');
    await write(element, 'A draft');
    const edited = element.edit(element.messages[0]!.id!, 'Uno');
    await shows(element, 'Uno');
    expect(readable(element)).not.to.include('Three');
    expect(field(element).value).to.equal('Three\n\nFour\n\nA draft');
    stub(navigator, 'onLine', true);
    dispatchEvent(new Event('online'));
    await say('Uno', 'Uno!');
    await edited;
    expect(element.messages.map(({ content }) => content)).to.deep.equal(['Uno', 'Uno!']);
    expect((await chat.requests()).filter((request) => request.startsWith('POST'))).to.have.length(3);
  });

  it('happens in its place, and replaces what came after; the draft below stays', async () => {
    await write(element, 'A draft');
    await edit(0);
    expect(editor().value).to.equal('One');
    expect(readable(element)).to.include('Sending this replaces the messages after it.');
    await expectAccessible(element);
    editor().value = 'Uno';
    editor().dispatchEvent(new InputEvent('input', { bubbles: true }));
    await sendKeys({ press: 'Enter' });
    await say('Uno', 'Uno!');
    expect(element.messages.map(({ content }) => content)).to.deep.equal(['Uno', 'Uno!']);
    expect(field(element).value).to.equal('A draft');
    expect(hasFocus(element)).to.be.true;
    element.remove();
    element = await open(chat.src);
    await answers(element, 'Uno!');
    await until(() => element.messages.length === 2, 'what the server has');
  });

  it('leaves to the field below what is written there meanwhile', async () => {
    await edit(0);
    const below = query(element, '#message') as HTMLTextAreaElement;
    below.focus();
    await sendKeys({ type: 'Next' });
    await element.updateComplete;
    expect(below.value).to.equal('Next');
    expect(editor().value).to.equal('One');
  });

  it('has one direction from 10,000 characters on, before a paste is laid out', async () => {
    await edit(0);
    const long = '2026: שלום עולם\n'.repeat(700);
    const paste = { inputType: 'insertFromPaste', data: long, bubbles: true, composed: true };
    editor().setSelectionRange(0, 3);
    editor().dispatchEvent(new InputEvent('beforeinput', paste));
    expect(editor().dir).to.equal('rtl');
    expect(editor().className).to.equal('long');
    editor().value = long;
    editor().dispatchEvent(new InputEvent('input', { bubbles: true }));
    await element.updateComplete;
    expect(editor().dir).to.equal('rtl');
    expect(getComputedStyle(editor()).unicodeBidi, 'slow with "plaintext"').to.not.equal('plaintext');
    editor().value = 'Short';
    editor().dispatchEvent(new InputEvent('input', { bubbles: true }));
    await element.updateComplete;
    expect([editor().dir, editor().className]).to.deep.equal(['auto', '']);
  });

  it('is given up with Escape or Cancel, and the focus goes back', async () => {
    await edit(1);
    await sendKeys({ press: 'Escape' });
    await until(() => element.shadowRoot!.activeElement === pens()[1], 'the focus at the button');
    expect(editor()).to.be.null;
    await edit(1);
    await press(element, 'Cancel');
    await until(() => element.shadowRoot!.activeElement === pens()[1], 'the focus at the button');
    expect(element.messages).to.have.length(4);
  });

  it('has nothing above it: the way to the end comes back when it is over', async () => {
    element.style.blockSize = '320px';
    const scroller = query(element, '.scroll')!;
    scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -200 }));
    scroller.scrollTop = 0;
    await until(() => query(element, '.jump'), 'the way to the end');
    await edit(0);
    expect(query(element, '.jump')).to.be.null;
    await press(element, 'Cancel');
    await until(() => query(element, '.jump'), 'the way to the end');
  });

  it('that the server refuses changes nothing, keeps the words, and says why', async () => {
    chat = await Chat.open({ maxContentLength: 10 });
    element = await open(chat.src, { actions: 'edit' });
    await ask(element, 'One');
    await say('One', 'One!');
    await edit(0);
    editor().value = 'Far too long a message';
    editor().dispatchEvent(new InputEvent('input', { bubbles: true }));
    await sendKeys({ press: 'Enter' });
    await shows(element, 'This message is too long.');
    expect(announced(element, 'alert').match(/This message is too long\./g)).to.have.length(1);
    expect(seenLive(element)).to.deep.equal([]);
    expect(editor().value).to.equal('Far too long a message');
    expect(element.messages.map(({ content }) => content)).to.deep.equal(['One', 'One!']);
    expect(element.shadowRoot!.activeElement).to.equal(editor());
  });

  it('is no way while a reply comes, nor in a conversation that can only be read', async () => {
    expect(pens()).to.have.length(2);
    element.readonly = true;
    await element.updateComplete;
    expect(pens()).to.have.length(0);
    element.readonly = false;
    await element.updateComplete;
    await ask(element, 'Three');
    const turn = await chat.nextTurn();
    expect(pens()).to.have.length(0);
    await turn.finish();
    await until(() => pens().length === 3, 'the ways to be back');
  });

  it('waits while another reply comes, and says so', async () => {
    await edit(0);
    const sent = element.send('Three');
    const turn = await chat.nextTurn();
    editor().focus();
    await sendKeys({ press: 'Enter' });
    await shows(element, 'Another reply is still coming.');
    expect(announced(element, 'log')).to.include('Another reply is still coming.');
    expect(element.shadowRoot!.activeElement).to.equal(editor());
    await turn.finish();
    await sent;
    await until(() => !readable(element).includes('Another reply is still coming.'), 'it to be over');
    editor().focus();
    await sendKeys({ press: 'Enter' });
    await say('One', 'Uno!');
    expect(element.messages.map(({ content }) => content)).to.deep.equal(['One', 'Uno!']);
  });

  for (const attribute of ['disabled', 'readonly']) {
    it(`rests while the chat is ${attribute}`, async () => {
      await edit(0);
      editor().value = 'Uno';
      editor().dispatchEvent(new InputEvent('input', { bubbles: true }));
      element.setAttribute(attribute, '');
      await element.updateComplete;
      expect(query(element, '.editor') === null).to.be.true;
      expect(pens()).to.have.length(0);
      expect(readable(element)).to.include('One');
      element.removeAttribute(attribute);
      await element.updateComplete;
      expect(editor().value).to.equal('Uno');
    });
  }

  it('is told to the page first, which may change the words or keep them', async () => {
    const id = element.messages[2]?.id ?? '';
    element.addEventListener('chat-send', (event) => {
      expect(event.detail.replaces).to.equal(id);
      if (event.detail.text === 'no') event.preventDefault();
      else event.detail.text = 'Due';
    });
    expect(await element.edit(id, 'no').catch((thrown: unknown) => thrown)).to.have.property('code', 'not_sent');
    const over = element.edit(id, 'Zwei');
    await say('Due', 'Due!');
    expect(await over).to.include({ role: 'assistant', content: 'Due!', status: 'done' });
    expect(element.messages.map(({ content }) => content)).to.deep.equal(['One', 'One!', 'Due', 'Due!']);
  });
});
