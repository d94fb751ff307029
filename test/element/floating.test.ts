import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, warnings } from './page.js';
import { Line } from './server.js';
import {
  announced,
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
  readable,
  status,
  until,
  write,
} from './visitor.js';
import { dialog, isShownAs, isStill, launcher, pretendWindow } from './window.js';

describe('floating', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  const float = (attributes: Record<string, string> = {}) => open(line.src, { mode: 'floating', ...attributes });
  const focused = (element: ChatStreamElement) => element.shadowRoot?.activeElement;

  /** By hand: the launcher of a chat that is open, or closed. */
  async function pressLauncher(element: ChatStreamElement): Promise<void> {
    launcher(element)!.focus();
    launcher(element)!.click();
    await element.updateComplete;
  }

  it('is accessible closed, open, and with something unread', async () => {
    const element = await float({ heading: 'Ask us' });
    await expectAccessible(element);
    await pressLauncher(element);
    await expectAccessible(element);
    await ask(element);
    const request = await (await line.next()).start();
    await pressLauncher(element);
    await request.token('Hi', 2);
    await request.finish(3);
    await until(() => query(element, '.badge'), 'the badge');
    await expectAccessible(element);
  });

  it('is accessible where it covers the page', async () => {
    pretendWindow({ small: true });
    const element = await float({ heading: 'Ask us' });
    await pressLauncher(element);
    expect(isShownAs(element)).to.equal('modal');
    await expectAccessible(element);
  });

  it('is a launcher that takes no room, and a panel that is not there until it is pressed', async () => {
    const element = await float();
    expect(element.parentElement!.getBoundingClientRect().height).to.equal(0);
    expect(query(element, '.panel')!.checkVisibility()).to.be.false;
    const { width, height, right, bottom } = launcher(element)!.getBoundingClientRect();
    expect([width, height]).to.deep.equal([56, 56]);
    expect([document.documentElement.clientWidth - right, innerHeight - bottom]).to.deep.equal([24, 24]);
    expect(launcher(element)!.getAttribute('aria-haspopup')).to.equal('dialog');
    expect(launcher(element)!.getAttribute('aria-expanded')).to.equal('false');
    expect(launcher(element)!.getAttribute('aria-label')).to.equal('Open chat');

    await pressLauncher(element);
    expect(launcher(element)!.getAttribute('aria-expanded')).to.equal('true');
    expect(launcher(element)!.getAttribute('aria-label')).to.equal('Close chat');
    expect(isShownAs(element)).to.equal('popover');
    expect(dialog(element).getAttribute('aria-labelledby')).to.equal(query(element, '.title')!.id);
    await isStill(element);
    const box = dialog(element).getBoundingClientRect();
    expect([box.width, box.height]).to.deep.equal([400, Math.min(680, innerHeight - 120)]);
    expect([document.documentElement.clientWidth - box.right, innerHeight - box.bottom]).to.deep.equal([24, 96]);
  });

  it('stands on the other side with position="start", and where one writes from the right', async () => {
    const element = await float({ position: 'start', open: '' });
    await isStill(element);
    const left = () => launcher(element)!.getBoundingClientRect().left;
    expect([left(), query(element, '.panel')!.getBoundingClientRect().left]).to.deep.equal([24, 24]);
    element.dir = 'rtl';
    await until(() => left() === document.documentElement.clientWidth - 24 - 56, 'the other side');
    element.position = 'end';
    await element.updateComplete;
    expect(left()).to.equal(24);
  });

  it('moves in 220 ms when it opens and 140 ms when it closes, and stays in the page as long', async () => {
    const element = await float();
    await pressLauncher(element);
    const durations = () => [
      ...new Set(
        dialog(element)
          .getAnimations()
          .map(({ effect }) => effect?.getComputedTiming().duration),
      ),
    ];
    // None where the visitor wants less motion.
    const isStillWanted = matchMedia('(prefers-reduced-motion: reduce)').matches;
    expect(durations()).to.deep.equal(isStillWanted ? [] : [220]);
    await isStill(element);
    element.hide();
    await element.updateComplete;
    // Where nothing can stay in the top layer it is gone at once.
    expect(durations()).to.deep.equal(isStillWanted || !CSS.supports('overlay', 'auto') ? [] : [140]);
    await until(() => getComputedStyle(dialog(element)).display === 'none', 'it to be gone');
  });

  it('opens with the focus in its field, and gives it back to the launcher', async () => {
    const element = await float();
    await pressLauncher(element);
    expect(focused(element)).to.equal(field(element));
    await press(element, 'Close chat');
    await element.updateComplete;
    expect(element.open).to.be.false;
    expect(focused(element)).to.equal(launcher(element));
    await pressLauncher(element);
    expect(key(element, 'Escape'), 'taken over').to.be.false;
    await element.updateComplete;
    expect(isShownAs(element)).to.equal('closed');
    expect(focused(element)).to.equal(launcher(element));
  });

  it('opens with the focus on its title on a touch screen, where the field would bring the keyboard up', async () => {
    for (const small of [false, true]) {
      pretendWindow({ small, touch: true });
      const element = await float();
      await pressLauncher(element);
      expect(isShownAs(element)).to.equal(small ? 'modal' : 'popover');
      expect(focused(element)).to.equal(query(element, '.title'));
      element.hide();
      await element.updateComplete;
      expect(focused(element)).to.equal(launcher(element));
      sessionStorage.clear();
    }
  });

  it('stops a running reply with Escape first, and closes with the next', async () => {
    const element = await float({ open: '' });
    await ask(element);
    await (await line.next()).start();
    await status(element, 'streaming');
    key(element, 'Escape');
    await status(element, 'stopped');
    await element.updateComplete;
    expect(element.open).to.be.true;
    key(element, 'Escape', { isComposing: true });
    await element.updateComplete;
    expect(element.open, 'a key of an input method').to.be.true;
    key(element, 'Escape');
    await element.updateComplete;
    expect(element.open).to.be.false;
  });

  it('takes the focus from nobody where the page opens and closes it by its attribute', async () => {
    const other = await fixture<HTMLInputElement>(html`<input aria-label="Search" />`);
    other.focus();
    const blurs = record(other, 'blur');
    const toggles = record(document, 'chat-toggle');
    const element = await float({ open: '' });
    expect(isShownAs(element)).to.equal('popover');
    element.removeAttribute('open');
    await element.updateComplete;
    expect(isShownAs(element)).to.equal('closed');
    element.open = true;
    await element.updateComplete;
    expect(isShownAs(element)).to.equal('popover');
    expect(element.hasAttribute('open')).to.be.true;
    // A method moves the focus in; what closes it then gives it back to the launcher.
    element.hide();
    await element.updateComplete;
    expect(document.activeElement).to.equal(other);
    expect(blurs).to.deep.equal([]);
    expect(toggles, 'asked about').to.deep.equal([{ open: false }]);
    element.show();
    await element.updateComplete;
    expect(focused(element)).to.equal(field(element));
    element.open = false;
    await element.updateComplete;
    expect(focused(element)).to.equal(launcher(element));
  });

  it('asks the page before the visitor or a method opens or closes it', async () => {
    const element = await float();
    const toggles = record(element, 'chat-toggle');
    let isAllowed = false;
    element.addEventListener('chat-toggle', (event) => isAllowed || event.preventDefault());
    await pressLauncher(element);
    element.show();
    element.toggle();
    await element.updateComplete;
    expect(isShownAs(element)).to.equal('closed');
    isAllowed = true;
    element.show();
    element.show();
    await element.updateComplete;
    isAllowed = false;
    await press(element, 'Close chat');
    key(element, 'Escape');
    await element.updateComplete;
    expect(isShownAs(element)).to.equal('popover');
    expect(toggles).to.deep.equal([true, true, true, true, false, false].map((value) => ({ open: value })));
  });

  it('leads to the field with show() in the other modes, and has nothing to close there', async () => {
    const element = await open(line.src);
    const toggles = record(element, 'chat-toggle');
    element.show();
    expect(focused(element)).to.equal(field(element));
    element.hide();
    element.toggle();
    expect(launcher(element)).to.equal(null);
    expect(button(element, 'Close chat')).to.equal(undefined);
    expect(toggles).to.deep.equal([]);
    expect(hasFocus(element)).to.be.true;
  });

  it('is closed by the browser itself: the Back gesture of a phone', async () => {
    pretendWindow({ small: true });
    const element = await float();
    await pressLauncher(element);
    const cancel = new Event('cancel', { cancelable: true });
    expect(dialog(element).dispatchEvent(cancel)).to.be.false;
    await element.updateComplete;
    expect(isShownAs(element)).to.equal('closed');
    expect(focused(element)).to.equal(launcher(element));

    // Browsers that are not listened to close it all the same; of one that may not close, no more than a moment is seen.
    element.addEventListener('chat-toggle', (event) => event.detail.open || event.preventDefault());
    element.show();
    await element.updateComplete;
    dialog(element).close();
    await until(() => isShownAs(element) === 'modal', 'the panel to be back');
    expect(element.open).to.be.true;
  });

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

  it('counts a reply without a word where nothing is to be announced', async () => {
    const element = await float({ announce: 'off' });
    const sent = element.send('Hello');
    const request = await (await line.next()).start();
    await request.finish(2);
    await sent;
    await until(() => query(element, '.badge')?.textContent === '1', 'the badge');
    expect(announced(element, 'log')).to.equal('');
  });

  it('counts no reply that the visitor stopped, and none that is only remembered', async () => {
    const element = await float();
    const sent = element.send('Hello');
    await (await line.next()).start();
    await status(element, 'streaming');
    element.stop();
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
    scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    scroller.scrollTop = 500;
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

  it('is inline with a mode it does not know', async () => {
    const element = await open(line.src, { mode: 'pink', open: '' });
    expect(launcher(element)).to.equal(null);
    expect(query(element, '.panel')!.checkVisibility()).to.be.true;
    expect(isShownAs(element)).to.equal('closed');
    expect(warnings).to.deep.equal([]);
  });

  describe('changes', () => {
    for (const small of [false, true]) {
      it(`of mode, in a ${small ? 'small' : 'large'} window: a running reply, draft and focus stay`, async () => {
        pretendWindow({ small });
        const element = await float({ open: '', smoothing: 'off' });
        await ask(element);
        const request = await (await line.next()).start();
        await request.token('One ', 2);
        await answers(element, 'One ');
        await write(element, 'A draft');
        const [words, panel] = [query(element, '.prose')!.firstChild!.firstChild, query(element, '.panel')];
        let id = 2;
        for (const mode of ['inline', 'floating', 'page', 'floating', 'pink', 'floating']) {
          element.mode = mode;
          await element.updateComplete;
          const isFloating = mode === 'floating';
          expect(isShownAs(element), mode).to.equal(!isFloating ? 'closed' : small ? 'modal' : 'popover');
          expect(Boolean(launcher(element)), mode).to.equal(isFloating);
          expect(query(element, '.panel'), mode).to.equal(panel);
          expect(focused(element), mode).to.equal(field(element));
          await request.token(`${mode} `, ++id);
        }
        await answers(element, 'One inline floating page floating pink floating ');
        await request.finish(++id);
        await status(element, 'done');
        expect(query(element, '.prose')!.firstChild!.firstChild).to.equal(words);
        expect(field(element).value).to.equal('A draft');
        expect(await line.requests()).to.have.length(1);
      });
    }

    it('of the window, while it is open: a running reply, draft, place and focus stay', async () => {
      const pretended = pretendWindow({ small: false });
      const element = await float({ open: '', smoothing: 'off' });
      await ask(element);
      const request = await (await line.next()).start();
      await request.token('One ', 2);
      await answers(element, 'One ');
      await write(element, 'A draft');
      field(element).setSelectionRange(2, 4);
      const words = query(element, '.prose')!.firstChild!.firstChild;
      const toggles = record(element, 'chat-toggle');
      for (const [small, shownAs] of [
        [true, 'modal'],
        [false, 'popover'],
        [true, 'modal'],
      ] as const) {
        pretended.resize(small);
        await element.updateComplete;
        expect(isShownAs(element)).to.equal(shownAs);
        expect(focused(element)).to.equal(field(element));
        expect([field(element).selectionStart, field(element).selectionEnd]).to.deep.equal([2, 4]);
      }
      await request.token('two', 3);
      await request.finish(4);
      await status(element, 'done');
      await answers(element, 'One two');
      expect(query(element, '.prose')!.firstChild!.firstChild).to.equal(words);
      expect(field(element).value).to.equal('A draft');
      expect(toggles).to.deep.equal([]);
    });

    it('of place, while it covers the page: it covers it again', async () => {
      pretendWindow({ small: true });
      const element = await float({ open: '' });
      (await fixture<HTMLElement>(html`<main></main>`)).append(element);
      await element.updateComplete;
      expect(isShownAs(element)).to.equal('modal');
      element.remove();
      element.open = false;
      await element.updateComplete;
      (await fixture<HTMLElement>(html`<main></main>`)).append(element);
      await element.updateComplete;
      expect(isShownAs(element)).to.equal('closed');
      expect(launcher(element)!.checkVisibility()).to.be.true;
      expect(dialog(element).open).to.be.false;
    });
  });

  describe('hotkey', () => {
    const strike = (init: KeyboardEventInit) => {
      const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
      return !document.body.dispatchEvent(event);
    };

    it('opens it from anywhere on the page, and moves into it', async () => {
      const element = await float({ hotkey: 'Control+Slash' });
      expect(strike({ key: '/', code: 'Slash' }), 'without Control').to.be.false;
      expect(strike({ key: '?', code: 'Slash', ctrlKey: true, shiftKey: true }), 'with Shift').to.be.false;
      const writes = new KeyboardEvent('keydown', { key: '/', code: 'Slash', ctrlKey: true, bubbles: true });
      Object.defineProperty(writes, 'getModifierState', { value: (name: string) => name === 'AltGraph' });
      document.body.dispatchEvent(writes);
      await element.updateComplete;
      expect(element.open).to.be.false;
      expect(strike({ key: '/', code: 'Slash', ctrlKey: true })).to.be.true;
      await element.updateComplete;
      expect(focused(element)).to.equal(field(element));
      query(element, '.scroll')!.focus();
      strike({ key: '/', code: 'Slash', ctrlKey: true });
      expect(focused(element)).to.equal(field(element));
      element.hotkey = 'Alt+Shift+k';
      await element.updateComplete;
      query(element, '.scroll')!.focus();
      expect(strike({ key: 'K', code: 'KeyK', altKey: true, shiftKey: true })).to.be.true;
      expect(focused(element)).to.equal(field(element));
      element.remove();
      expect(strike({ key: 'K', code: 'KeyK', altKey: true, shiftKey: true }), 'out of the page').to.be.false;
    });

    for (const hotkey of ['k', 'Slash', 'Shift+k', 'Control', 'Control+', 'Hyper+k', 'Control+Shift']) {
      it(`is not taken where it is "${hotkey}", and the console says why`, async () => {
        const element = await float({ hotkey });
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.include(`hotkey="${hotkey}" is not taken`).and.include('Control+Slash');
        strike({ key: 'k', code: 'KeyK', shiftKey: hotkey.startsWith('Shift') });
        strike({ key: '/', code: 'Slash' });
        await element.updateComplete;
        expect(element.open).to.be.false;
      });
    }
  });
});
