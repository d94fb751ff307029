import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { setLuck } from './page.js';
import { Line } from './server.js';
import { announced, ask, button, field, open, query, readable, status, until, write } from './visitor.js';
import { dialog, isShownAs, isStill, launcher, pretendWindow } from './window.js';

describe('a floating chat that is closed, or was', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  const float = (attributes: Record<string, string> = {}) => open(line.src, { mode: 'floating', ...attributes });

  /** By hand: the launcher of a chat that is open, or closed. */
  async function pressLauncher(element: ChatStreamElement): Promise<void> {
    launcher(element)!.focus();
    launcher(element)!.click();
    await element.updateComplete;
  }

  it('counts the replies that come while it is closed, and says so once', async () => {
    const element = await float({ open: '', lang: 'en' });
    await ask(element);
    const request = await (await line.next()).start();
    await request.token('One. Two. Three.', 2);
    element.hide();
    await element.updateComplete;
    expect(query(element, '.badge')).to.equal(null);
    await request.token(' Four is a sentence that is long enough to be said by itself.', 3);
    await request.finish(4);
    await until(() => query(element, '.badge')?.textContent === '1', 'the badge');
    expect(launcher(element)!.getAttribute('aria-label')).to.equal('Open chat, 1 new message');
    expect(query(element, '.badge')!.getAttribute('aria-hidden')).to.equal('true');

    const sent = element.send('And?');
    await (await (await line.next()).start('m2')).event({ type: 'error', error: 'no' }, 2);
    await sent;
    await until(() => query(element, '.badge')?.textContent === '2', 'the badge');
    expect(announced(element, 'log'))
      .to.match(/1 new message2 new messages$/)
      .and.not.include('Four');
    expect(announced(element, 'alert'), 'of what nobody sees').to.equal('');

    element.show();
    await element.updateComplete;
    expect(query(element, '.badge')).to.equal(null);
    expect(launcher(element)!.getAttribute('aria-label')).to.equal('Close chat');
    element.hide();
    await element.updateComplete;
    expect(launcher(element)!.getAttribute('aria-label')).to.equal('Open chat');
  });

  it('counts none of a conversation that was left', async () => {
    const element = await float();
    const sent = element.send('Hello');
    await (await (await line.next()).start()).finish(2);
    await sent;
    await until(() => query(element, '.badge')?.textContent === '1', 'the badge');
    element.newSession();
    await element.updateComplete;
    expect(query(element, '.badge')).to.equal(null);
    expect(launcher(element)!.getAttribute('aria-label')).to.equal('Open chat');
  });

  for (const history of ['session', 'server']) {
    it(`still counts them on the next page, until they are seen; history is ${history}`, async () => {
      const element = await float({ history });
      const sent = element.send('Hello');
      const request = await (await line.next()).start();
      await request.finish(2);
      await sent;
      await until(() => query(element, '.badge')?.textContent === '1', 'the badge');
      const { sessionId } = element;
      element.remove();
      const next = await float({ history, lang: 'en' });
      expect(next.sessionId).to.equal(sessionId);
      const messages = [
        { id: 'u1', role: 'user', content: 'Hello', clientMessageId: request.body.clientMessageId },
        { id: 'm1', role: 'assistant', content: '', parentId: 'u1' },
      ].map((message) => ({ ...message, status: 'complete', createdAt: '2026-11-25T12:00:00.000Z', lastEventId: 2 }));
      await (await line.next('GET', '/messages?')).json(200, { data: messages, lastEventId: 2, hasMore: false });
      await until(() => next.messages.length === 2, 'the conversation');
      await next.updateComplete;
      expect(query(next, '.badge')?.textContent).to.equal('1');
      expect(launcher(next)!.getAttribute('aria-label')).to.equal('Open chat, 1 new message');
      expect(announced(next, 'log')).to.equal('');
      next.show();
      await next.updateComplete;
      next.hide();
      next.remove();
      const last = await float({ history });
      expect(query(last, '.badge')).to.equal(null);
      localStorage.clear();
    });
  }

  it('counts a reply without a word where nothing is to be announced', async () => {
    const element = await float({ announce: 'off' });
    const sent = element.send('Hello');
    const request = await (await line.next()).start();
    await request.finish(2);
    await sent;
    await until(() => query(element, '.badge')?.textContent === '1', 'the badge');
    expect(announced(element, 'log')).to.equal('');
  });

  it('says neither that a line was lost nor that it is back', async () => {
    setLuck(0);
    const element = await float({ lang: 'en' });
    const sent = element.send('Hello');
    const request = await (await line.next()).start();
    await request.token('One ', 2);
    await until(() => element.messages.at(-1)?.content === 'One ', 'the first word');
    await request.cut();
    const again = await line.next('GET');
    await again.v1();
    await again.token('two', 3);
    await again.finish(4);
    await sent;
    expect(element.messages.at(-1)?.content).to.equal('One two');
    expect(announced(element, 'log')).to.equal('1 new message');
  });

  it('counts no reply that the visitor stopped, and none that is only remembered', async () => {
    const element = await float();
    const sent = element.send('Hello');
    const request = await (await line.next()).start();
    await status(element, 'streaming');
    element.stop();
    await request.finish(2, { reason: 'stopped' });
    await sent;
    await element.updateComplete;
    expect(query(element, '.badge')).to.equal(null);
    element.remove();
    const again = await float();
    await until(() => again.messages.length === 2, 'the conversation');
    expect(query(again, '.badge')).to.equal(null);
  });

  it('is heard inside of a panel that covers the page, where all else is silent', async () => {
    pretendWindow({ small: true });
    const element = await float({ lang: 'en' });
    const [outside, inside] = element.shadowRoot!.querySelectorAll('[data-announcer=log]');
    expect(dialog(element).contains(outside!)).to.be.false;
    expect(dialog(element).contains(inside!)).to.be.true;
    await pressLauncher(element);
    await ask(element);
    await (await line.next()).start();
    await status(element, 'streaming');
    element.stop();
    await status(element, 'stopped');
    expect([outside?.textContent, inside?.textContent]).to.deep.equal(['', 'Reply stopped.']);
    // What was said is not there again when it is opened again: it would be read out as new.
    element.hide();
    await element.updateComplete;
    expect(inside?.textContent).to.equal('');
    const sent = element.send('And?');
    await (await (await line.next('POST', '/stream')).start()).finish(2);
    await sent;
    expect([outside?.textContent, inside?.textContent]).to.deep.equal(['1 new message', '']);
    expect(element.shadowRoot!.querySelectorAll('[data-announcer=log]')[0]).to.equal(outside);
  });

  it('is open or closed after a reload as the visitor left it, and has not the focus then', async () => {
    const element = await float();
    element.show();
    await element.updateComplete;
    element.remove();
    const other = await fixture<HTMLInputElement>(html`<input aria-label="Search" />`);
    other.focus();
    const again = await float();
    expect(isShownAs(again)).to.equal('popover');
    expect(again.hasAttribute('open')).to.be.true;
    expect(document.activeElement).to.equal(other);
    again.hide();
    again.remove();
    const closed = await float({ open: '' });
    expect(isShownAs(closed)).to.equal('closed');
    expect(closed.hasAttribute('open')).to.be.false;
    // What the page does later is its own business.
    closed.open = true;
    await closed.updateComplete;
    expect(isShownAs(closed)).to.equal('popover');
  });

  it('remembers nothing with history="none", and does not cover the page that a link leads to', async () => {
    const element = await float({ history: 'none' });
    element.show();
    element.remove();
    expect(isShownAs(await float({ history: 'none' }))).to.equal('closed');

    const second = await float();
    second.show();
    second.remove();
    pretendWindow({ small: true });
    expect(isShownAs(await float())).to.equal('closed');
  });

  it('shows a picture of the site on its launcher', async () => {
    const element = await float();
    const picture = Object.assign(document.createElement('span'), { slot: 'launcher-icon', textContent: '?' });
    element.append(picture);
    expect(picture.checkVisibility()).to.be.true;
    await pressLauncher(element);
    expect(picture.checkVisibility()).to.be.false;
  });

  it('keeps a draft while it is closed', async () => {
    const element = await float({ open: '' });
    await write(element, 'Half a question\n\nin three lines');
    const height = field(element).offsetHeight;
    element.hide();
    await element.updateComplete;
    element.heading = 'An update while nothing of it is laid out';
    await element.updateComplete;
    element.show();
    await element.updateComplete;
    expect(field(element).value).to.equal('Half a question\n\nin three lines');
    expect(field(element).offsetHeight).to.equal(height);
  });

  it('goes on with a reply while it is closed, and shows its end when it is opened', async () => {
    const element = await float({ open: '', follow: 'bottom', smoothing: 'off' });
    await ask(element);
    const request = await (await line.next()).start();
    element.hide();
    await element.updateComplete;
    const text = Array.from({ length: 80 }, (_, index) => `Line ${index}`).join('\n\n');
    await request.token(text, 2);
    await request.finish(3);
    await status(element, 'done');
    element.show();
    await element.updateComplete;
    const scroller = query(element, '.scroll')!;
    await until(() => scroller.scrollHeight > 2000, 'the text to be laid out');
    await until(() => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= 1, 'the end');
    expect(readable(element)).to.include('Line 79');
  });

  it('keeps the place of a reader who closes it, or puts it elsewhere', async () => {
    const element = await float({ open: '', smoothing: 'off' });
    await ask(element);
    const request = await (await line.next()).start();
    await request.token(Array.from({ length: 80 }, (_, index) => `Line ${index}`).join('\n\n'), 2);
    await request.finish(3);
    await status(element, 'done');
    const scroller = query(element, '.scroll')!;
    await until(() => scroller.scrollHeight > 2000, 'the text to be laid out');
    // Within a box that moves, Firefox scrolls to halves of a pixel.
    await isStill(element);
    scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    const seen = new Promise((resolve) => scroller.addEventListener('scroll', resolve, { once: true }));
    scroller.scrollTop = 500;
    await seen;
    const scrolled = () => until(() => Math.abs(scroller.scrollTop - 500) < 1, `500, not ${scroller.scrollTop}`);
    await scrolled();
    await until(() => button(element, 'Jump to latest'), 'the reader to be away');
    element.hide();
    await element.updateComplete;
    await isStill(element);
    element.show();
    await element.updateComplete;
    await scrolled();
    (await fixture<HTMLElement>(html`<main></main>`)).append(element);
    await element.updateComplete;
    await scrolled();
    expect(isShownAs(element)).to.equal('popover');
    element.mode = 'inline';
    await element.updateComplete;
    await scrolled();
  });
});
