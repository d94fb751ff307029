import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { setLuck, stub } from './page.js';
import { Line } from './server.js';
import {
  answers,
  ask,
  button,
  expectAccessible,
  field,
  hasFocus,
  key,
  open,
  press,
  query,
  status,
  until,
  write,
} from './visitor.js';

describe('focus', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  const focused = (element: ChatStreamElement): Element | null | undefined => element.shadowRoot?.activeElement;

  const keepsFocus = (element: ChatStreamElement, what: string): Promise<void> =>
    until(() => hasFocus(element), `the focus inside ${what}, not on ${document.activeElement?.tagName}`);

  it('is accessible while the field has it', async () => {
    const element = await open(line.src);
    element.focus();
    await expectAccessible(element);
  });

  it('goes to the field', async () => {
    const element = await open(line.src);
    element.focus();
    expect(focused(element)).to.equal(field(element));
  });

  it('goes to the conversation where there is no field', async () => {
    const element = await open(line.src, { readonly: '' });
    element.focus();
    expect(focused(element)).to.equal(query(element, '.scroll'));
    element.readonly = false;
    element.disabled = true;
    await element.updateComplete;
    element.focus();
    expect(focused(element)).to.equal(query(element, '.scroll'));
  });

  for (const way of ['Enter', 'a click on Send']) {
    for (const [why, close] of [
      [
        'the page closes it',
        async (element) => {
          await (await (await line.next()).start()).finish(2);
          await status(element, 'done');
          element.disabled = true;
        },
      ],
      ['nothing can be written', (element) => (element.readonly = true)],
      ['nothing is set up', async () => (await line.next()).answer(200, 'text/html', '<p>A page</p>')],
    ] as readonly (readonly [string, (element: ChatStreamElement) => unknown])[]) {
      it(`goes from the field to the conversation after ${way}, where ${why}`, async () => {
        const element = await open(line.src);
        await write(element, 'Hello');
        if (way === 'Enter') key(element, 'Enter');
        else await press(element, 'Send message');
        await close(element);
        await until(() => !field(element)?.matches(':enabled'), 'the field to close');
        await until(() => focused(element) === query(element, '.scroll'), 'the focus on the conversation');
      });
    }
  }

  it('is not on Send of a field that is closed, but on Stop there', async () => {
    const element = await open(line.src);
    await ask(element);
    const request = await (await line.next()).start();
    button(element, 'Stop the reply')?.focus();
    element.disabled = true;
    await element.updateComplete;
    expect(focused(element)).to.equal(button(element, 'Stop the reply'));
    await request.finish(2);
    await until(() => focused(element) === query(element, '.scroll'), 'the focus on the conversation');
    button(element, 'Send message')?.focus();
    expect(focused(element)).to.equal(query(element, '.scroll'));
  });

  it('comes with autofocus, without scrolling the page', async () => {
    const page = await fixture<HTMLElement>(html`<div style="padding-block-start: 3000px"></div>`);
    const element = document.createElement('chat-stream');
    element.src = line.src;
    element.autofocus = true;
    page.append(element);
    await element.updateComplete;
    expect(focused(element)).to.equal(field(element));
    expect(scrollY).to.equal(0);
  });

  it('goes to the field after Try again', async () => {
    setLuck(0);
    const element = await open(line.src, { 'retry-limit': '0' });
    await ask(element);
    // Not by a cut: on a connection that served before, browsers send a request that got no answer again by themselves.
    await (await line.next()).problem(503, 'overloaded');
    await press(element, 'Try again');
    await line.next();
    await until(() => !button(element, 'Try again'), 'the button to go');
    await keepsFocus(element, 'after Try again');
    expect(focused(element)).to.equal(field(element));
  });

  it('goes to the field after Reconnect now, and when that button goes by itself', async () => {
    setLuck(0);
    const element = await open(line.src);
    await ask(element);
    const request = await (await line.next()).start();
    await request.write('retry: 15000\n\n');
    await status(element, 'streaming');
    await request.cut();
    setLuck(1);
    await (await line.next('GET')).problem(503, 'overloaded');
    // The button of the first waiting is there until the second one begins.
    await until(() => element.shadowRoot?.textContent?.includes('Attempt 2 of'), 'the second waiting');
    await press(element, 'Reconnect now');
    const second = await line.next('GET');
    await keepsFocus(element, 'after Reconnect now');
    button(element, 'Reconnect now')?.focus();
    await second.v1();
    await second.token('Hi', 2);
    await answers(element, 'Hi');
    await until(() => !button(element, 'Reconnect now'), 'the button to go');
    await keepsFocus(element, 'when the button has gone');
  });

  it('goes to the field after New chat and after Start a new chat', async () => {
    const element = await open(line.src);
    await ask(element);
    for (let n = 0; n < 2; n++) await (await line.next()).problem(410, 'session_gone');
    await until(() => !field(element), 'the field to go');
    await keepsFocus(element, 'when the chat has ended');
    await press(element, 'Start a new chat');
    await keepsFocus(element, 'after Start a new chat');
    expect(focused(element)).to.equal(field(element));

    await ask(element);
    await line.next();
    await press(element, 'New chat');
    await until(() => !button(element, 'New chat'), 'the button to go');
    await keepsFocus(element, 'after New chat');
    expect(focused(element)).to.equal(field(element));
  });

  it('goes to the field after a suggestion', async () => {
    const element = await open(line.src);
    const suggestion = Object.assign(document.createElement('button'), { slot: 'suggestions', textContent: 'Where?' });
    element.append(suggestion);
    await until(() => suggestion.checkVisibility(), 'the suggestion');
    suggestion.focus();
    suggestion.click();
    await line.next();
    await keepsFocus(element, 'after a suggestion');
    expect(focused(element)).to.equal(field(element));
  });

  it('stays on the button that turns from Send to Stop and back', async () => {
    const element = await open(line.src);
    await ask(element);
    const request = await (await line.next()).start();
    button(element, 'Stop the reply')?.focus();
    await request.finish(2);
    await status(element, 'done');
    await element.updateComplete;
    expect(focused(element)).to.equal(button(element, 'Send message'));
  });

  it('goes to the conversation on touch screens, where the field would bring the keyboard up', async () => {
    setLuck(0);
    stub(window, 'matchMedia', (() => ({ matches: true })) as unknown as typeof matchMedia);
    const element = await open(line.src, { 'retry-limit': '0' });
    const sent = element.send('Hello');
    await (await line.next()).problem(503, 'overloaded');
    await sent;
    await press(element, 'Try again');
    await line.next();
    await until(() => focused(element) === query(element, '.scroll'), 'the focus on the conversation');
  });

  it('is not taken from the page', async () => {
    const other = await fixture<HTMLInputElement>(html`<input aria-label="Search" />`);
    const element = await open(line.src);
    other.focus();
    const sent = element.send('Hello');
    const request = await (await line.next()).start();
    await request.event({ type: 'error', error: 'no' }, 2);
    await sent;
    element.newSession();
    await element.updateComplete;
    expect(document.activeElement).to.equal(other);
  });
});
