import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { holdRests, record, stub } from './page.js';
import { Line } from './server.js';
import { announced, answers, ask, button, open, press, query, shows, status, until } from './visitor.js';

describe('the button that copies a reply', () => {
  let element: ChatStreamElement;
  const shown = () => query(element, '.tools.last button')?.ariaLabel;

  beforeEach(async () => {
    const line = await Line.open();
    element = await open(line.src);
    await ask(element);
    const request = await (await line.next('POST', '/stream')).start('m1');
    await request.token('First.', 2);
    await request.finish(3, { messageId: 'm1' });
    await status(element, 'done');
    await answers(element, 'First.');
  });

  it('copies the text as it was written, says so, and tells the page', async () => {
    const copied: string[] = [];
    stub(navigator.clipboard, 'writeText', async (text) => void copied.push(text));
    const events = record(element, 'chat-copy');
    await press(element, 'Copy');
    await until(() => button(element, 'Copied'), 'the button to say so');
    expect(copied).to.deep.equal(['First.']);
    expect(events).to.deep.equal([{ messageId: 'm1', text: 'First.' }]);
    expect(announced(element, 'log')).to.include('Copied');
  });

  it('says for two seconds that it has copied, from the last press on', async () => {
    stub(navigator.clipboard, 'writeText', async () => {});
    const pass = holdRests(2_000, 2_000);
    await press(element, 'Copy');
    await until(() => button(element, 'Copied'), 'the button to say so');
    pass(1_500);
    await press(element, 'Copied');
    // Beside what is said of the reply.
    await until(() => announced(element, 'log').split('Copied').length > 2, 'it to be said again');
    pass(1_999);
    await element.updateComplete;
    expect(shown()).to.equal('Copied');
    pass(1);
    await element.updateComplete;
    expect(shown()).to.equal('Copy');
  });

  it('does not say that it has copied where it comes back into a page', async () => {
    stub(navigator.clipboard, 'writeText', async () => {});
    await press(element, 'Copy');
    await until(() => button(element, 'Copied'), 'the button to say so');
    const { parentElement } = element;
    element.remove();
    parentElement?.append(element);
    await shows(element, 'First.');
    expect(shown()).to.equal('Copy');
  });

  it('says where copying does not work', async () => {
    stub(navigator.clipboard, 'writeText', () => Promise.reject(new Error('no')));
    await press(element, 'Copy');
    await shows(element, 'Copy did not work. Select the text instead.');
  });
});
