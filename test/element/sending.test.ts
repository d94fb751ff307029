import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { setLuck, stopClock, stub, warnings } from './page.js';
import { Line } from './server.js';
import {
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

describe('sending', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  const posts = async () => (await line.requests()).filter((request) => request.startsWith('POST'));

  it('is accessible with a draft, and while a reply is awaited', async () => {
    const element = await open(line.src);
    await write(element, 'A draft');
    await expectAccessible(element);
    key(element, 'Enter');
    await line.next();
    await expectAccessible(element);
  });

  it('sends on Enter', async () => {
    const element = await open(line.src);
    element.focus();
    await sendKeys({ type: 'Is it open?' });
    expect(field(element).value).to.equal('Is it open?');
    await sendKeys({ press: 'Enter' });
    const { path, body } = await line.next();
    expect(path).to.equal(`/sessions/${element.sessionId}/messages/stream`);
    expect(body).to.include({ content: 'Is it open?', role: 'user' });
    expect(body.clientMessageId).to.match(/^[\w-]{16,}$/);
    expect(query(element, '.bubble')?.textContent).to.equal('Is it open?');
    expect(field(element).value).to.equal('');
  });

  it('breaks the line on Shift and Enter', async () => {
    const element = await open(line.src);
    element.focus();
    await sendKeys({ type: 'one' });
    await sendKeys({ down: 'Shift' });
    await sendKeys({ press: 'Enter' });
    await sendKeys({ up: 'Shift' });
    await sendKeys({ type: 'two' });
    expect(field(element).value).to.equal('one\ntwo');
    await sendKeys({ press: 'Enter' });
    expect((await line.next()).body.content).to.equal('one\ntwo');
    expect(query(element, '.bubble')?.innerText).to.equal('one\ntwo');
  });

  it('sends with the button', async () => {
    const element = await open(line.src);
    expect(button(element, 'Send message')?.ariaDisabled).to.equal('true');
    await write(element, 'Hello');
    expect(button(element, 'Send message')?.ariaDisabled).to.equal(null);
    await press(element, 'Send message');
    expect((await line.next()).body.content).to.equal('Hello');
  });

  it("sends nothing on the Enter that ends a composition, in Chrome's order of events or in Safari's", async () => {
    const element = await open(line.src);
    await write(element, 'にほん');
    expect(key(element, 'Enter', { isComposing: true, keyCode: 229 }), "Chrome's keydown").to.be.true;
    field(element).dispatchEvent(new CompositionEvent('compositionend', { data: '日本', bubbles: true }));
    expect(key(element, 'Enter', { isComposing: false, keyCode: 229 }), "Safari's keydown").to.be.true;
    await element.updateComplete;
    expect(field(element).value).to.equal('にほん');
    expect(element.messages).to.deep.equal([]);
    key(element, 'Enter', { keyCode: 13 });
    expect((await line.next()).body.content).to.equal('にほん');
  });

  it('leaves the field alone while somebody writes in it', async () => {
    const element = await open(line.src);
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!;
    const written: string[] = [];
    Object.defineProperty(field(element), 'value', {
      get,
      set(this: HTMLTextAreaElement, value: string) {
        written.push(value);
        set?.call(this, value);
      },
    });
    element.focus();
    await sendKeys({ type: 'abc' });
    await element.updateComplete;
    expect(field(element).value).to.equal('abc');
    expect(written).to.deep.equal([]);
  });

  it('sends nothing that is empty', async () => {
    const element = await open(line.src);
    for (const text of ['', '  \n ']) {
      await ask(element, text);
      await press(element, 'Send message');
    }
    expect(element.messages).to.deep.equal([]);
    expect(await posts()).to.deep.equal([]);
  });

  it('sends once on a double press', async () => {
    stopClock();
    const element = await open(line.src);
    await write(element, 'Hello');
    key(element, 'Enter');
    key(element, 'Enter');
    query(element, '.go')!.click();
    await (await line.next()).start();
    query(element, '.go')!.click();
    await status(element, 'streaming');
    expect(await posts()).to.have.length(1);
  });

  it('has a button that is at once what it becomes, where nobody points at it', async () => {
    const element = await open(line.src);
    const shown = () => getComputedStyle(query(element, '.go')!).backgroundColor;
    const empty = shown();
    await write(element, 'Hello');
    expect(shown(), 'with a draft').to.not.equal(empty);
    expect(query(element, '.go')!.getAnimations()).to.have.length(0);
    key(element, 'Enter');
    await (await line.next()).start();
    await status(element, 'streaming');
    expect(query(element, '.go')!.getAnimations()).to.have.length(0);
  });

  it('stops with the button that sent, but not within 300 ms of its change', async () => {
    const pass = stopClock();
    const element = await open(line.src);
    await write(element, 'Hello');
    pass(1_000);
    const send = button(element, 'Send message')!;
    await press(element, 'Send message');
    await (await line.next()).start();
    await status(element, 'streaming');
    expect(button(element, 'Stop the reply')).to.equal(send);
    pass(299);
    send.click();
    expect(element.status).to.equal('streaming');
    pass(1);
    send.click();
    expect(element.status).to.equal('stopped');
  });

  it('holds a draft that is entered while a reply runs, and says why', async () => {
    const element = await open(line.src);
    await ask(element, 'First');
    const first = await (await line.next()).start();
    await status(element, 'streaming');
    await ask(element, 'Second');
    await shows(element, 'The reply is still coming. Press Escape to stop it.');
    expect(field(element).value).to.equal('Second');
    await first.finish(2);
    await status(element, 'done');
    expect(readable(element)).not.to.include('The reply is still coming');
    key(element, 'Enter');
    expect((await line.next()).body.content).to.equal('Second');
  });

  it('keeps the draft in this tab until it is sent', async () => {
    const element = await open(line.src);
    await write(element, 'Half a tho');
    element.remove();
    const later = await open(line.src);
    await later.updateComplete;
    expect(field(later).value).to.equal('Half a tho');
    await ask(later, 'Half a thought');
    await line.next();
    expect(field(await open(line.src)).value).to.equal('');
  });

  it('keeps a draft that the page has set before the element is shown', async () => {
    const element = document.createElement('chat-stream');
    element.src = line.src;
    element.history = 'none';
    element.setDraft('From the page');
    document.body.append(element);
    await element.updateComplete;
    await element.updateComplete;
    expect(field(element).value).to.equal('From the page');
    element.remove();
  });

  it('keeps the draft when a reply fails', async () => {
    setLuck(0);
    const element = await open(line.src);
    await ask(element, 'First');
    const request = await (await line.next()).start();
    await write(element, 'Second');
    await request.event({ type: 'error', error: 'no', code: 'internal' }, 2);
    await status(element, 'failed');
    await element.updateComplete;
    expect(field(element).value).to.equal('Second');
  });

  it('lets the page cancel a message, whose text comes back', async () => {
    const element = await open(line.src);
    element.addEventListener('chat-send', (event) => event.preventDefault(), { once: true });
    await ask(element, 'Hello');
    await element.updateComplete;
    await element.updateComplete;
    expect(field(element).value).to.equal('Hello');
    expect(element.messages).to.deep.equal([]);
    expect(await posts()).to.deep.equal([]);
  });

  it('lets the page change a message', async () => {
    const element = await open(line.src);
    element.addEventListener('chat-send', (event) => {
      const { detail } = event as CustomEvent<{ text: string; context: unknown }>;
      detail.text = detail.text.toUpperCase();
      detail.context = { page: 'cart' };
    });
    await ask(element, 'Hello');
    expect((await line.next()).body).to.deep.include({ content: 'HELLO', context: { page: 'cart' } });
    expect(query(element, '.bubble')?.textContent).to.equal('HELLO');
  });

  it('gives a text back whose context cannot be sent, and says why', async () => {
    const element = await open(line.src);
    const context: { self?: unknown } = {};
    context.self = context;
    element.addEventListener('chat-send', (event) => Object.assign((event as CustomEvent).detail, { context }), {
      once: true,
    });
    await ask(element, 'Hello');
    await until(() => field(element).value === 'Hello', 'the text in the field');
    expect(element.messages).to.deep.equal([]);
    expect(warnings.join()).to.include('"context"');
    key(element, 'Enter');
    expect((await line.next()).body.content).to.equal('Hello');
  });

  it('resolves send() to the reply, and rejects what it does not send', async () => {
    const element = await open(line.src);
    const codeOf = (sent: Promise<unknown>) => sent.then(String, (error: { code: string }) => error.code);
    expect(await codeOf(element.send(' '))).to.equal('not_sent');
    const sent = element.send({ text: 'Hi', context: 1 });
    const request = await (await line.next()).start();
    expect(request.body).to.include({ content: 'Hi', context: 1 });
    expect(await codeOf(element.send('Too soon'))).to.equal('not_sent');
    await request.token('Hello', 2);
    await request.finish(3);
    expect(await sent).to.deep.equal({ id: 'm1', role: 'assistant', content: 'Hello', status: 'done' });
    element.addEventListener('chat-send', (event) => event.preventDefault());
    expect(await codeOf(element.send('Canceled'))).to.equal('not_sent');
    expect(await codeOf(document.createElement('chat-stream').send('Nowhere'))).to.equal('not_sent');
    expect(await posts()).to.have.length(1);
  });

  it('sends no more than max-length characters, as people count them, and says so', async () => {
    const element = await open(line.src, { 'max-length': '3' });
    await ask(element, '😀😀😀😀');
    expect(button(element, 'Send message')?.ariaDisabled).to.equal('true');
    await shows(element, 'This message is too long.');
    expect(field(element).getAttribute('aria-invalid')).to.equal('true');
    expect(field(element).value).to.equal('😀😀😀😀');
    await ask(element, '😀😀😀');
    expect((await line.next()).body.content).to.equal('😀😀😀');
    expect(readable(element)).not.to.include('too long');
  });

  it('sends with Ctrl or Cmd only, where send-key says so or there is no keyboard', async () => {
    const element = await open(line.src, { 'send-key': 'mod-enter' });
    await write(element, 'One');
    expect(key(element, 'Enter'), 'Enter is left to the field').to.be.true;
    key(element, 'Enter', { ctrlKey: true });
    await (await line.next()).problem(400, 'invalid_request');

    stub(window, 'matchMedia', (() => ({ matches: true })) as unknown as typeof matchMedia);
    const touched = await open(line.src);
    await write(touched, 'Two');
    expect(key(touched, 'Enter'), 'Enter is left to the field').to.be.true;
    expect(field(touched).getAttribute('enterkeyhint'), 'what the keyboard shows').to.equal('enter');
    expect(field(touched).hasAttribute('aria-describedby'), 'a hint that Enter sends').to.be.false;
    key(touched, 'Enter', { metaKey: true });
    expect((await line.next()).body.content).to.equal('Two');
  });
});
