import { expect, fixture, html, oneEvent } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { Line } from './server.js';
import { ask, button, expectAccessible, field, open, openIn, query, readable, status, until } from './visitor.js';

describe('shell', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  /** With a question of the site's own. */
  async function openWithSuggestion(): Promise<ChatStreamElement> {
    const element = await open(line.src);
    const suggestion = Object.assign(document.createElement('button'), { slot: 'suggestions' });
    suggestion.textContent = ' Where is my order? ';
    const slotted = oneEvent(query(element, 'slot[name=suggestions]')!, 'slotchange');
    element.append(suggestion);
    await slotted;
    await element.updateComplete;
    return element;
  }

  it('is accessible while empty', async () => {
    await expectAccessible(await openWithSuggestion());
    await expectAccessible(await open(line.src, { readonly: '', heading: 'Ask us' }));
    await expectAccessible(await open(line.src, { disabled: '' }));
  });

  it('asks the server nothing before there is a message', async () => {
    const element = document.createElement('chat-stream');
    const ready = oneEvent(element, 'chat-ready');
    element.src = line.src;
    (await fixture(html`<div></div>`)).append(element);
    const { detail } = (await ready) as CustomEvent<{ sessionId: string }>;
    expect(detail.sessionId)
      .to.match(/^[\w-]{16,128}$/)
      .and.equal(element.getAttribute('session-id'));
    expect(element.messages).to.deep.equal([]);
    expect(element.status).to.equal('idle');
    expect(await line.requests()).to.deep.equal([]);
  });

  it('shows its content until it is upgraded, and takes what was set before', async () => {
    const frame = await fixture<HTMLIFrameElement>(html`<iframe style="width:500px;height:600px"></iframe>`);
    const page = frame.contentDocument!;
    page.body.innerHTML = `<chat-stream src="${line.src}"><a href="mailto:help@example.com">Write to us</a></chat-stream>`;
    const element = page.querySelector('chat-stream')!;
    const link = page.querySelector('a')!;
    expect(link.checkVisibility(), 'before').to.be.true;
    let fetched = 0;
    const ownFetch: typeof fetch = (...args) => {
      fetched++;
      return fetch(...args);
    };
    Object.assign(element, { greeting: 'Welcome', maxLength: 20, fetch: ownFetch, strings: { send: 'Off it goes' } });

    const script = page.createElement('script');
    script.type = 'module';
    script.src = new URL('../../widget/src/define.ts', import.meta.url).href;
    page.head.append(script);
    await until(() => element.shadowRoot?.querySelector('textarea'), 'the upgrade');

    expect(link.checkVisibility(), 'after').to.be.false;
    expect(readable(element)).to.include('Welcome');
    expect(button(element, 'Off it goes')).to.exist;
    expect(element.maxLength).to.equal(20);
    const sent = element.send('Hi');
    await (await line.next()).problem(400, 'invalid_request');
    await sent;
    expect(fetched, 'requests through the own fetch').to.equal(1);
  });

  it('does nothing when it is loaded a second time', async () => {
    const registered = customElements.get('chat-stream');
    await import(new URL('../../widget/src/define.ts?again', import.meta.url).href);
    expect(customElements.get('chat-stream')).to.equal(registered);
  });

  it('is headed and named by its heading', async () => {
    const element = await open(line.src, { heading: 'Ask us', greeting: 'How can we help?', 'heading-level': '3' });
    expect(query(element, 'section')?.getAttribute('aria-label')).to.equal('Ask us');
    const [title, greeting] = element.shadowRoot!.querySelectorAll('[role=heading]');
    expect([title?.textContent, title?.getAttribute('aria-level')]).to.deep.equal(['Ask us', '3']);
    expect([greeting?.textContent, greeting?.getAttribute('aria-level')]).to.deep.equal(['How can we help?', '4']);
  });

  it('says by itself what no attribute says', async () => {
    const element = await open(line.src);
    expect(query(element, 'section')?.getAttribute('aria-label')).to.equal('Chat');
    for (const text of ['Assistant', 'Ready', 'How can I help?', 'Answers come from AI']) {
      expect(readable(element)).to.include(text);
    }
    expect(field(element).placeholder).to.equal('Ask anything');
    element.disclosure = '';
    element.strings = { title: 'Assistent', send: 'Absenden' };
    await element.updateComplete;
    expect(readable(element)).to.include('Assistent').and.not.include('Answers come from AI');
    expect(button(element, 'Absenden')).to.exist;
  });

  it('has a property for each attribute', async () => {
    const element = await open(line.src, {
      'session-id': 'session-of-the-page',
      mode: 'inline',
      heading: 'a',
      greeting: 'b',
      placeholder: 'c',
      disclosure: 'd',
      theme: 'dark',
      history: 'none',
      follow: 'bottom',
      credentials: 'omit',
      'send-key': 'enter',
      'max-length': '10',
      'retry-limit': '3',
      'stall-timeout': '4.5',
      'heading-level': '1',
      disabled: '',
      readonly: '',
    });
    expect(element).to.include({
      src: line.src,
      sessionId: 'session-of-the-page',
      mode: 'inline',
      heading: 'a',
      greeting: 'b',
      placeholder: 'c',
      disclosure: 'd',
      theme: 'dark',
      history: 'none',
      follow: 'bottom',
      credentials: 'omit',
      sendKey: 'enter',
      maxLength: 10,
      retryLimit: 3,
      stallTimeout: 4.5,
      headingLevel: 1,
      disabled: true,
      readonly: true,
    });
    Object.assign(element, { theme: 'light', disabled: false });
    await element.updateComplete;
    expect(element.getAttribute('theme')).to.equal('light');
    expect(element.hasAttribute('disabled')).to.be.false;
  });

  it('takes the default for a keyword it does not know', async () => {
    const unknown = { theme: 'pink', mode: 'pink', history: 'pink', follow: 'pink', credentials: 'pink' };
    const element = await open(line.src, { ...unknown, 'send-key': 'pink', 'heading-level': 'pink' });
    expect(query(element, '.title')?.getAttribute('aria-level')).to.equal('2');
    await ask(element);
    await (await line.next()).start();
    await until(() => element.status === 'streaming', 'the request');
    expect(Object.keys(sessionStorage).join(' ')).to.include(line.src);
  });

  it('has its defaults back where attributes are taken away, and where a framework has no value for a property', async () => {
    const attributes = { actions: 'copy', accent: '#0b6b61', 'max-length': '3', 'retry-limit': '1', mode: 'page' };
    const element = await open(line.src, attributes);
    const defaults = {
      actions: 'copy retry feedback',
      accent: '',
      maxLength: undefined,
      retryLimit: 8,
      mode: 'inline',
    };
    for (const name of Object.keys(attributes)) element.removeAttribute(name);
    await element.updateComplete;
    expect(element).to.include(defaults);
    for (const none of [null, undefined]) {
      Object.assign(element, Object.fromEntries(Object.keys(defaults).map((name) => [name, none])));
      await element.updateComplete;
      expect(element).to.include(defaults);
    }
    element.setAttribute('retry-limit', 'some');
    await element.updateComplete;
    expect(element.retryLimit).to.equal(8);
    await ask(element, 'Longer');
    const request = await (await line.next()).start();
    await request.finish(2);
    await status(element, 'done');
    await element.updateComplete;
    expect(button(element, 'Try again')).to.exist;
  });

  it('sends a suggestion when it is pressed', async () => {
    const element = await openWithSuggestion();
    expect(readable(element)).to.include('start with one of these');
    expect(element.querySelector('button')!.checkVisibility(), 'the suggestion').to.be.true;
    element.querySelector('button')!.click();
    const request = await line.next();
    expect(request.body).to.include({ content: 'Where is my order?', role: 'user' });
    await element.updateComplete;
    expect(element.querySelector('button')!.checkVisibility(), 'the suggestion').to.be.false;
  });

  for (const attribute of ['disabled', 'readonly']) {
    it(`sends nothing while it is ${attribute}`, async () => {
      const element = await openWithSuggestion();
      element.setAttribute(attribute, '');
      await element.updateComplete;
      element.querySelector('button')!.click();
      (query(element, 'form') as HTMLFormElement | null)?.requestSubmit();
      expect(field(element)?.disabled ?? true).to.be.true;
      await element.updateComplete;
      await element.updateComplete;
      expect(element.messages).to.deep.equal([]);
      expect(await line.requests()).to.deep.equal([]);
    });
  }

  it('says in place of the field that a conversation can only be read', async () => {
    const element = await open(line.src, { readonly: '' });
    expect(readable(element)).to.include('This conversation can be read but not continued.');
    expect(readable(element)).not.to.include('Ask a question');
    expect(field(element)).to.equal(null);
  });

  it('leaves no way to go on with a reply that failed in a conversation that can only be read', async () => {
    const element = await open(line.src);
    await ask(element);
    const request = await (await line.next()).start();
    await request.token('One', 2);
    await request.event({ type: 'error', error: 'no' }, 3);
    await status(element, 'failed');
    await until(() => button(element, 'Try again'), 'the notice');
    element.readonly = true;
    await element.updateComplete;
    expect(button(element, 'Try again')).to.equal(undefined);
    expect(button(element, 'Copy')).to.exist;
  });

  const COLOURS = { light: ['rgb(255, 255, 255)', 'rgb(27, 28, 30)'], dark: ['rgb(23, 24, 26)', 'rgb(236, 237, 238)'] };

  function coloursOf(element: ChatStreamElement): string[] {
    const { backgroundColor, color } = getComputedStyle(query(element, '.panel')!);
    return [backgroundColor, color];
  }

  it('is light or dark as its theme says', async () => {
    const element = await open(line.src, { theme: 'dark' });
    expect(coloursOf(element)).to.deep.equal(COLOURS.dark);
    element.setAttribute('theme', 'light');
    await element.updateComplete;
    expect(coloursOf(element)).to.deep.equal(COLOURS.light);
  });

  it("follows the visitor's system, never the page, where no theme is set", async () => {
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    for (const scheme of ['light', 'dark']) {
      const parent = await fixture<HTMLElement>(html`<div style="color-scheme: ${scheme}; color: #fab"></div>`);
      expect(coloursOf(await openIn(parent, line.src)), `in a ${scheme} page`).to.deep.equal(COLOURS[system]);
    }
  });

  it('has its own spacing and shadows of letters, whatever it stands in', async () => {
    const parent = await fixture<HTMLElement>(
      html`<div style="text-indent: 3em; text-shadow: 0 0 9px red; white-space: nowrap"></div>`,
    );
    const element = await openIn(parent, line.src);
    const { textIndent, textShadow, whiteSpace } = getComputedStyle(query(element, '.hello')!);
    expect([textIndent, textShadow, whiteSpace]).to.deep.equal(['0px', 'none', 'normal']);
  });

  it('has the shadow and the corners the page gives it', async () => {
    const element = await open(line.src, { mode: 'floating', open: '' });
    element.style.cssText = '--chat-shadow: none; --chat-radius-block: 3px';
    await ask(element);
    const request = await (await line.next()).start();
    await request.token('```\ncode\n```\n\n| A |\n| --- |\n| 1 |\n', 2);
    await request.finish(3);
    await until(() => query(element, 'td'), 'the table');
    expect(getComputedStyle(query(element, '.panel')!).boxShadow).to.equal('none');
    for (const block of ['.code', '.table']) {
      expect(getComputedStyle(query(element, block)!).borderRadius, block).to.equal('3px');
    }
  });
});
