import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { Line } from './server.js';
import { ask, expectAccessible, field, key, open, press, status, write } from './visitor.js';

describe('a new chat', () => {
  let line: Line;
  let element: ChatStreamElement;
  beforeEach(async () => {
    line = await Line.open();
    element = await open(line.src);
  });

  it('is accessible', async () => {
    await ask(element, 'One');
    await line.next();
    await press(element, 'New chat');
    await expectAccessible(element);
  });

  it('takes a message that nothing is known to have come of into the field', async () => {
    await ask(element, 'One');
    const sent = await line.next();
    await press(element, 'New chat');
    expect(field(element).value).to.equal('One');
    await sent.left();
    key(element, 'Enter');
    await (await line.next()).problem(503, 'overloaded', { 'Retry-After': '30' });
    await status(element, 'reconnecting');
    await write(element, 'A draft');
    await press(element, 'New chat');
    expect(field(element).value).to.equal('One\n\nA draft');
  });

  it('leaves to the old one what was answered, is being answered anew, or was stopped', async () => {
    await ask(element, 'One');
    const request = await (await line.next()).start();
    await status(element, 'streaming');
    await press(element, 'New chat');
    expect(field(element).value).to.equal('');
    await request.left();
    await ask(element, 'Two');
    const second = await (await line.next()).start('m2');
    await second.token('Second.', 2);
    await second.finish(3, { messageId: 'm2' });
    await status(element, 'done');
    void element.regenerate();
    await line.next('POST', '/regenerate');
    await press(element, 'New chat');
    expect(field(element).value).to.equal('');
    await ask(element, 'Three');
    await line.next();
    element.stop();
    await status(element, 'stopped');
    await press(element, 'New chat');
    expect(field(element).value).to.equal('');
  });
});
