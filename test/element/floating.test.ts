import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, warnings } from './page.js';
import { Line } from './server.js';
import { ask, button, expectAccessible, field, hasFocus, key, open, press, query, status, until } from './visitor.js';
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

  it('is inline with a mode it does not know', async () => {
    const element = await open(line.src, { mode: 'pink', open: '' });
    expect(launcher(element)).to.equal(null);
    expect(query(element, '.panel')!.checkVisibility()).to.be.true;
    expect(isShownAs(element)).to.equal('closed');
    expect(warnings).to.deep.equal([]);
  });
});
