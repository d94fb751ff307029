import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, setLuck, stopClock, stub, warnings } from './page.js';
import { Line } from './server.js';
import {
  announced,
  answer,
  answers,
  ask,
  button,
  expectAccessible,
  field,
  hasFocus,
  open,
  press,
  query,
  readable,
  shows,
  status,
  until,
} from './visitor.js';

describe('a cut connection', () => {
  let line: Line;
  let element: ChatStreamElement;
  beforeEach(async () => {
    line = await Line.open();
  });

  const RETRY_MS = 'retry: 15000\n\n';

  /** A reply that has said "One " and was cut; its tries are fast or slow, as luck has it. */
  async function cutAfterOne(attributes: Record<string, string> = {}): Promise<void> {
    element = await open(line.src, attributes);
    await ask(element);
    const request = await (await line.next()).start();
    await request.write(RETRY_MS);
    await request.token('One ', 2);
    await answers(element, 'One ');
    await request.cut();
  }

  /** A reply that waits for its second try, which is seconds away. */
  async function wait(attributes: Record<string, string> = {}): Promise<void> {
    setLuck(0);
    await cutAfterOne(attributes);
    setLuck(1);
    await (await line.next('GET', '/m1/stream')).problem(503, 'overloaded');
    await shows(element, 'Attempt 2 of 8');
  }

  it('is accessible while it waits', async () => {
    await wait();
    await expectAccessible(element);
  });

  it('resumes after the last word, and shows none twice', async () => {
    setLuck(0);
    await cutAfterOne();
    const node = answer(element).firstChild?.firstChild;
    const request = await line.next('GET');
    expect(request.path).to.equal(`/sessions/${element.sessionId}/messages/m1/stream?after=2`);
    await request.v1();
    await request.token('One ', 2);
    await request.token('two ', 3);
    await answers(element, 'One two ');
    await request.cut();
    const again = await line.next('GET', 'after=3');
    await again.v1();
    await again.token('three', 4);
    await again.finish(5, { length: 13 });
    await status(element, 'done');
    await answers(element, 'One two three');
    expect(answer(element).firstChild?.firstChild).to.equal(node);
    expect((await line.requests()).filter((each) => each.startsWith('POST'))).to.have.length(1);
  });

  it('says what happens, how often, and when next', async () => {
    const phases = (): unknown => query(element, '.status')?.innerText.trim();
    await wait();
    await shows(element, 'Connection lost. Reconnecting…');
    await shows(element, 'Nothing you see here is lost.');
    expect(readable(element))
      .to.match(/Next try in 1[0-5] s/)
      .and.include('One ');
    expect(phases()).to.equal('Reconnecting');
    expect(announced(element, 'log')).to.include('Connection lost. Reconnecting…');
    expect(button(element, 'Stop the reply')).to.exist;
  });

  it('counts the seconds down', async () => {
    const pass = stopClock();
    await wait();
    await shows(element, 'Next try in 15 s');
    pass(5_000);
    await shows(element, 'Next try in 10 s');
  });

  it('tries at once when Reconnect now is pressed', async () => {
    await wait();
    await press(element, 'Reconnect now');
    const request = await line.next('GET', 'after=2');
    await request.v1();
    await request.token('two', 3);
    await request.finish(4);
    await status(element, 'done');
    await answers(element, 'One two');
    expect(readable(element)).not.to.include('Reconnecting');
  });

  it('offers no earlier try where the server has asked for patience', async () => {
    setLuck(0);
    await cutAfterOne();
    await (await line.next('GET')).problem(503, 'overloaded', { 'Retry-After': '30' });
    await shows(element, 'Next try in 30 s');
    expect(button(element, 'Reconnect now')).to.equal(undefined);
  });

  it('gives up after its tries, keeps the text, and goes on by hand', async () => {
    setLuck(0);
    const told: unknown[] = [];
    document.addEventListener('chat-error', ({ detail }: Event & { detail?: unknown }) => told.push(detail), {
      once: true,
    });
    await cutAfterOne({ 'retry-limit': '1' });
    await (await (await line.next('GET')).v1()).end();
    await status(element, 'interrupted');
    await shows(element, 'The connection was lost.');
    await shows(element, 'The reply stopped part of the way. What arrived is kept above.');
    await expectAccessible(element);
    expect(answer(element).textContent).to.equal('One ');
    expect(button(element, 'Copy')).to.exist;
    expect(announced(element, 'alert')).to.include('The connection was lost.');
    const [{ code, messageId, retryable }] = told as [Record<string, unknown>];
    expect({ code, messageId, retryable }).to.deep.equal({ code: 'cut', messageId: 'm1', retryable: true });
    expect(warnings).to.have.length(1);

    await press(element, 'Try again');
    const request = await line.next('GET', 'after=2');
    await request.v1();
    await request.token('two', 3);
    await request.finish(4);
    await status(element, 'done');
    await answers(element, 'One two');
    expect(readable(element)).not.to.include('The connection was lost.');
  });

  it('lets the page tell of a failure in its own way', async () => {
    setLuck(0);
    document.addEventListener('chat-error', (event) => event.preventDefault(), { once: true });
    await cutAfterOne({ 'retry-limit': '0' });
    await status(element, 'interrupted');
    await element.updateComplete;
    expect(query(element, '.note')).to.equal(null);
    expect(announced(element, 'alert')).to.equal('');
  });

  it('sends a message again under its key where no reply had begun', async () => {
    setLuck(0);
    element = await open(line.src);
    await ask(element);
    const first = await line.next();
    await first.v1();
    await first.end();
    const second = await line.next();
    expect(second.body).to.deep.equal(first.body);
    await second.start();
    await second.finish(2);
    await status(element, 'done');
  });

  it('never repeats a message by itself at a server that would answer it twice', async () => {
    setLuck(0);
    element = await open(line.src);
    await ask(element);
    const request = await (await line.next()).head();
    await request.event({ type: 'start', messageId: 'm1' });
    await request.token('Half a');
    await answers(element, 'Half a');
    await request.end();
    await status(element, 'interrupted');
    await shows(element, 'The connection was lost.');
    expect(await line.requests()).to.have.length(1);

    await press(element, 'Try again');
    const again = await (await line.next()).head();
    await again.event({ type: 'start', messageId: 'm2' });
    await again.token('Whole');
    await again.event({ type: 'end', messageId: 'm2' });
    await again.end();
    await status(element, 'done');
    await answers(element, 'Whole');
  });

  it('takes a long silence for a dead line', async () => {
    element = await open(line.src, { 'stall-timeout': '0.6', 'retry-limit': '0' });
    await ask(element);
    const request = await (await line.next()).start();
    await request.left();
    await shows(element, 'No answer came in time.');
    await shows(element, 'The server was silent for 1 second.');
    expect(button(element, 'Try again')).to.exist;
  });

  it('waits while the visitor is offline, and goes on when they are back', async () => {
    setLuck(0);
    element = await open(line.src);
    await ask(element);
    const request = await (await line.next()).start();
    await status(element, 'streaming');
    stub(navigator, 'onLine', false);
    dispatchEvent(new Event('offline'));
    await shows(element, 'You are offline. You can keep writing');
    await expectAccessible(element);
    await request.cut();
    await status(element, 'reconnecting');
    stub(navigator, 'onLine', true);
    dispatchEvent(new Event('online'));
    await (await line.next('GET')).v1();
    await until(() => !readable(element).includes('You are offline'), 'the banner to go');
  });

  it('keeps a message that is sent offline until there is a network, or it is taken back', async () => {
    stub(navigator, 'onLine', false);
    element = await open(line.src);
    await ask(element, 'One');
    await shows(element, 'Waiting for a connection');
    await expectAccessible(element);
    await press(element, 'Take back');
    await until(() => field(element).value === 'One', 'the text to come back');
    expect(readable(element)).not.to.include('Waiting for a connection');
    expect(hasFocus(element), 'the focus inside').to.be.true;
    await ask(element, 'Two');
    await shows(element, 'Waiting for a connection');
    expect(await line.requests()).to.deep.equal([]);
    stub(navigator, 'onLine', true);
    dispatchEvent(new Event('online'));
    expect((await line.next()).body.content).to.equal('Two');
    await until(() => !readable(element).includes('Waiting'), 'the mark to go');
  });

  it('says once that messages wait for a network', async () => {
    element = await open(line.src);
    stub(navigator, 'onLine', false);
    dispatchEvent(new Event('offline'));
    for (const [index, text] of ['One', 'Two'].entries()) {
      await ask(element, text);
      await until(() => element.shadowRoot?.querySelectorAll('.queued').length === index + 1, 'it to wait');
    }
    const told = 'You are offline. You can keep writing; messages go out when you are back.';
    expect(announced(element, 'log')).to.equal(told);
  });

  it('copies what arrived, and says whether that worked', async () => {
    setLuck(0);
    const copied: string[] = [];
    let works = false;
    const writeText = (text: string) => (copied.push(text), works ? Promise.resolve() : Promise.reject(new Error()));
    stub(navigator, 'clipboard', { writeText } as Clipboard);
    await cutAfterOne({ 'retry-limit': '0' });
    await press(element, 'Copy');
    await shows(element, 'Copy did not work. Select the text instead.');
    works = true;
    await press(element, 'Copy');
    await shows(element, 'Copied');
    expect(announced(element, 'log')).to.include('Copied');
    expect(readable(element)).not.to.include('Copy did not work');
    expect(copied).to.deep.equal(['One ', 'One ']);

    stub(navigator, 'clipboard', undefined as unknown as Clipboard);
    await press(element, 'Copied');
    await shows(element, 'Copy did not work. Select the text instead.');
  });

  it('tells the page of every try', async () => {
    setLuck(0);
    element = await open(line.src);
    const phases = record<{ status: string; attempt?: number }>(element, 'chat-status');
    await ask(element);
    const request = await (await line.next()).start();
    // A reset takes with it what was not read yet.
    await status(element, 'streaming');
    await request.cut();
    await (await line.next('GET')).problem(503, 'overloaded');
    await (await line.next('GET')).v1();
    await until(() => phases.length > 3, 'two tries');
    const [connecting, streaming, first, second] = phases;
    expect([connecting, streaming]).to.deep.equal([{ status: 'connecting' }, { status: 'streaming' }]);
    expect(first).to.include({ status: 'reconnecting', attempt: 1 }).and.have.property('retryInMs');
    expect(second).to.include({ status: 'reconnecting', attempt: 2 }).and.have.property('retryInMs');
  });
});
