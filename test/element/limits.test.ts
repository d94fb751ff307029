import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { hurry, setLuck } from './page.js';
import { Chat, Line } from './server.js';
import {
  announced,
  answers,
  ask,
  button,
  expectAccessible,
  field,
  key,
  open,
  query,
  readable,
  shows,
  status,
  until,
  write,
} from './visitor.js';

let line: Line;
let element: ChatStreamElement;
beforeEach(async () => {
  setLuck(0);
  line = await Line.open();
  element = await open(line.src);
});

describe('after too many messages', () => {
  it('Send shows a clock and waits, the draft is kept, and it is told when it is over', async () => {
    await ask(element, 'Hello');
    await (await line.next('POST', '/stream')).problem(429, 'rate_limited', { 'Retry-After': '2' });
    await shows(element, 'That was a lot of messages.');
    expect(readable(element)).to.match(/goes out by itself in 0:0[12]/);
    const bar = query(element, '.timer > *')!;
    const { offsetWidth } = bar;
    await until(() => bar.offsetWidth > offsetWidth, 'the bar to grow');
    expect(bar.offsetWidth).to.be.at.most(bar.parentElement!.offsetWidth);
    await write(element, 'And another one');
    const send = button(element, 'Send message')!;
    expect(send.ariaDisabled).to.equal('true');
    expect(send.querySelector('path')?.getAttribute('d'), 'the hands of a clock').to.match(/V12l3 2$/);
    key(element, 'Enter');
    await element.updateComplete;
    expect(field(element).value).to.equal('And another one');
    await expectAccessible(element);
    const again = await (await line.next('POST', '/stream')).start();
    expect(again.body.content).to.equal('Hello');
    await until(() => announced(element, 'log').includes('You can send messages again.'), 'the end to be told');
    await again.token('Hi', 2);
    await again.finish(3);
    await status(element, 'done');
    expect(button(element, 'Send message')!.ariaDisabled).to.be.null;
    expect(field(element).value).to.equal('And another one');
    expect(announced(element, 'log')).not.to.include('Back online');
  });
});

describe('a reply whose line was lost', () => {
  it('says for two seconds that it goes on, heard once', async () => {
    await ask(element, 'Hello');
    const first = await (await line.next('POST', '/stream')).start();
    await first.token('One ', 2);
    await answers(element, 'One ');
    await first.cut();
    const second = await (await line.next('GET', '/messages/m1/stream')).v1();
    // A sign of life: else the stream counts as held back after five seconds.
    await second.write(': hb\n\n');
    await shows(element, 'Back online. The reply continues.');
    expect(readable(element)).not.to.include('Connection lost');
    await second.token('two', 3);
    await answers(element, 'One two');
    await until(() => !readable(element).includes('Back online.'), 'it to go');
    expect(announced(element, 'log').split('Back online. The reply continues.')).to.have.length(2);
    expect(element.status).to.equal('streaming');
  });
});

describe('a message that is too long for the server', () => {
  it('names the limit, where it was told', async () => {
    await ask(element, 'Far too long');
    const body = { code: 'content_too_large', status: 413, title: 'x', limit: 4_000 };
    const type = 'application/problem+json';
    await (await line.next('POST', '/stream')).answer(413, type, JSON.stringify(body), { 'Chat-Stream-Version': '1' });
    await shows(element, 'Shorten it to 4,000 characters and send it again.');
    expect(field(element).value).to.equal('Far too long');
  });
});

describe('a server that is silent', () => {
  it('is told with the seconds it was silent for', async () => {
    element.stallTimeout = 1;
    element.retryLimit = 0;
    await ask(element, 'Hello');
    await (await line.next('POST', '/stream')).start();
    await shows(element, 'No answer came in time.');
    expect(readable(element)).to.include('The server was silent for 1 second.');
  });
});

describe('a server that is busy with the reply before', () => {
  it('is waited for also where no failure is, and the message goes out after that reply', async () => {
    hurry(20);
    const chat = await Chat.open();
    element = await open(chat.src, { 'retry-limit': '0' });
    await ask(element, 'One');
    const first = await chat.nextTurn();
    await first.say('Half of it');
    await until(() => readable(element).includes('Half of it'), 'the words');
    await chat.cutAll();
    await status(element, 'interrupted');
    await ask(element, 'Two');
    await shows(element, 'Another reply is still coming.');
    await first.say(', and the rest.');
    await first.finish();
    const second = await chat.nextTurn();
    expect(second.content).to.equal('Two');
    await second.say('Second.');
    await second.finish();
    await status(element, 'done');
    // On a connection of its own, and so perhaps later.
    await shows(element, 'Half of it, and the rest.');
    const said = element.messages.map(({ content }) => content);
    expect(said).to.deep.equal(['One', 'Half of it, and the rest.', 'Two', 'Second.']);
  });
});

describe('the limit of a message', () => {
  it('is told when it is near: seen at each key, heard in a pause', async () => {
    element.maxLength = 20;
    await write(element, 'Seventeen letters');
    expect(readable(element)).not.to.include('left');
    await write(element, 'Eighteen letters😀😀');
    expect(readable(element)).to.include('2 characters left');
    await write(element, 'Nineteen letters😀😀!');
    expect(readable(element)).to.include('1 character left');
    expect(announced(element, 'log')).to.equal('');
    await until(() => announced(element, 'log') !== '', 'it to be heard');
    expect(announced(element, 'log')).to.equal('1 character left');
    await write(element, 'Twenty-two letters, no');
    expect(readable(element)).to.include('2 characters over the limit');
    expect(button(element, 'Send message')!.ariaDisabled).to.equal('true');
    await expectAccessible(element);
  });

  it('is none for a text of a megabyte, which is kept and sent as it is', async function () {
    // WebKit lays it out for seconds, and on a busy machine for half a minute.
    this.timeout(60_000);
    const text = 'All of these words were pasted. '.repeat(32_768);
    await write(element, text);
    expect(query(element, 'textarea')!.className).to.equal('long');
    expect(getComputedStyle(field(element)).unicodeBidi, 'slow with "plaintext"').to.not.equal('plaintext');
    key(element, 'Enter');
    const { body } = await line.next('POST', '/stream');
    expect(body.content === text, 'the text that was sent').to.be.true;
    expect(query(element, 'textarea')!.className).to.equal('');
  });

  for (const [words, direction] of [
    ['All of these words were pasted.\n', 'ltr'],
    ['2026: שלום עולם\n', 'rtl'],
    ['0123456789\n', 'ltr'],
  ] as const) {
    it(`has one direction from 10,000 characters on, that of its first letter: ${JSON.stringify(words)}`, async () => {
      const long = words.repeat(Math.ceil(10_001 / words.length));
      field(element).focus();
      // Told to the browser before it lays out the first line.
      const paste = { inputType: 'insertFromPaste', data: long, bubbles: true, composed: true };
      field(element).dispatchEvent(new InputEvent('beforeinput', paste));
      expect(field(element).dir, 'before it is there').to.equal(direction);
      await write(element, long);
      expect(field(element).dir).to.equal(direction);
      expect(getComputedStyle(field(element)).direction).to.equal(direction);
      await write(element, `עוד ${long}`);
      expect(field(element).dir, 'of the letter that is the first now').to.equal('rtl');
      await write(element, words);
      expect(field(element).dir).to.equal('auto');
    });
  }
});
