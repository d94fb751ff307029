import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { setLuck, stub } from './page.js';
import { Line } from './server.js';
import { ask, open, press, query, status, until } from './visitor.js';

const NAMES = ['streaming', 'reconnecting', 'offline', 'error', 'empty', 'open', 'unread', 'scrolled-away'];

const states = (element: ChatStreamElement): string[] => NAMES.filter((name) => element.matches(`:state(${name})`));

describe('states for style sheets', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  it('tell an empty chat, a reply that comes, and one that is there', async () => {
    const element = await open(line.src);
    expect(states(element)).to.deep.equal(['empty']);
    await ask(element);
    const reply = await line.next();
    await until(() => element.status === 'connecting', 'the request');
    expect(states(element)).to.deep.equal(['streaming']);
    await reply.start();
    await reply.token('Hi', 2);
    await status(element, 'streaming');
    expect(states(element)).to.deep.equal(['streaming']);
    await reply.finish(3);
    await status(element, 'done');
    await element.updateComplete;
    expect(states(element)).to.deep.equal([]);
    await press(element, 'New chat');
    await element.updateComplete;
    expect(states(element)).to.deep.equal(['empty']);
  });

  it('tell a cut line', async () => {
    setLuck(1);
    const element = await open(line.src);
    await ask(element);
    const reply = await line.next();
    await reply.start();
    await reply.token('Hi', 2);
    await status(element, 'streaming');
    await reply.cut();
    await status(element, 'reconnecting');
    await element.updateComplete;
    expect(states(element)).to.deep.equal(['reconnecting']);
  });

  it('tell a reply that failed', async () => {
    const element = await open(line.src);
    await ask(element);
    await (await line.next()).problem(400, 'invalid_request');
    await status(element, 'failed');
    await element.updateComplete;
    expect(states(element)).to.deep.equal(['error']);
  });

  it('tell that there is no network', async () => {
    const element = await open(line.src);
    stub(navigator, 'onLine', false);
    dispatchEvent(new Event('offline'));
    await element.updateComplete;
    expect(states(element)).to.deep.equal(['offline', 'empty']);
  });

  it('tell that the end is out of view', async () => {
    const element = await open(line.src);
    await ask(element);
    const reply = await line.next();
    await reply.start();
    await reply.token('line\n\n'.repeat(80), 2);
    await reply.finish(3);
    await status(element, 'done');
    await until(() => query(element, '.jump'), 'the pill');
    expect(states(element)).to.deep.equal(['scrolled-away']);
    element.scrollToEnd();
    await until(() => !query(element, '.jump'), 'the end');
    expect(states(element)).to.deep.equal([]);
  });

  it('are left out where the browser does not take their names', async () => {
    stub(CustomStateSet.prototype, 'add', () => {
      throw new SyntaxError('The name must begin with dashes.');
    });
    const element = await open(line.src);
    expect(states(element)).to.deep.equal([]);
    expect(query(element, '.hello')).to.exist;
  });
});
