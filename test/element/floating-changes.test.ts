import { expect, fixture, html } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, warnings } from './page.js';
import { Line } from './server.js';
import { answers, ask, field, open, query, status, write } from './visitor.js';
import { dialog, isShownAs, launcher, pretendWindow } from './window.js';

describe('a floating chat', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  const float = (attributes: Record<string, string> = {}) => open(line.src, { mode: 'floating', ...attributes });
  const focused = (element: ChatStreamElement) => element.shadowRoot?.activeElement;

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

    it('of mode to a panel that is closed: its button has the focus that was in it', async () => {
      const element = await open(line.src);
      await write(element, 'A draft');
      field(element).focus();
      element.mode = 'floating';
      await element.updateComplete;
      expect(isShownAs(element)).to.equal('closed');
      expect(focused(element)).to.equal(launcher(element));
      element.show();
      await element.updateComplete;
      expect(field(element).value).to.equal('A draft');
    });

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
