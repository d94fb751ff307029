import { expect } from '@open-wc/testing';
import { executeServerCommand } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { HostilePage, skeleton, textOf } from './hostile-page.js';
import { setLuck } from './page.js';
import { type Exchange, Line } from './server.js';
import { answer, answers, ask, field, query, readable, status, until } from './visitor.js';

interface Corpus {
  readonly surfaces: { readonly core: readonly string[] };
}

/** What nobody would mind: the markup is the same with any other words. */
const HARMLESS = 'plain words';
const SESSION = 'a-session-of-the-page';

/**
 * Every way by which words come in. What the element does not have: attachments, copies as text/html, export.
 */
describe('hostile words', () => {
  let core: readonly string[];
  let page: HostilePage;
  let line: Line;
  before(async () => {
    ({
      surfaces: { core },
    } = (await executeServerCommand('corpus', 'xss')) as Corpus);
    page = await HostilePage.open(await Line.open());
  });
  after(() => page.close());

  async function asked(attributes: Record<string, string> = {}, properties: object = {}) {
    const element = await page.show(line.src, attributes, properties);
    await ask(element, 'Hello');
    return { element, request: await line.next() };
  }

  async function replied(markdown: string, attributes: Record<string, string> = {}): Promise<ChatStreamElement> {
    const { element, request } = await asked(attributes);
    await request.start();
    await request.token(markdown, 2);
    return finished(element, request, 3);
  }

  async function finished(element: ChatStreamElement, request: Exchange, id: number): Promise<ChatStreamElement> {
    await request.finish(id);
    await status(element, 'done');
    await until(() => element.messages.at(-1)!.content === '' || query(element, '.prose')?.firstChild, 'its words');
    return element;
  }

  async function failed(element: ChatStreamElement): Promise<ChatStreamElement> {
    await until(() => query(element, '.note'), 'a notice');
    return element;
  }

  /** Shows a text in some way, and checks that it is shown as it is. */
  type Surface = (text: string) => Promise<ChatStreamElement>;
  const unseen = (element: ChatStreamElement, text: string) => {
    if (text !== HARMLESS) expect(readable(element)).not.to.include(text);
    return element;
  };

  const surfaces: Readonly<Record<string, Surface>> = {
    'of a reply': (text) => replied(text),
    'of a reply that come by the character': async (text) => {
      const { element, request } = await asked();
      await request.start();
      for (const [index, character] of [...text].entries()) await request.token(character, index + 2);
      return finished(element, request, [...text].length + 2);
    },
    'of a reply without Markdown': async (text) => {
      const element = await replied(text, { markdown: 'off' });
      await answers(element, text);
      return element;
    },
    'that replace a reply': async (text) => {
      const { element, request } = await asked({ markdown: 'off' });
      await (await request.start()).token('Other', 2);
      await request.event({ type: 'replace', content: text, reason: text }, 3);
      await finished(element, request, 4);
      await answers(element, text);
      return element;
    },
    'in links, images, cells, headings and the name of a language': (text) =>
      replied(
        [
          `[${text}](https://a.example/ "${text}") ![${text}](https://a.example/x.png "${text}")`,
          `[x](${text}) [x](<${text}>) ![x](${text}) <${text}> https://a.example/${text} www.a.example/${text}`,
          `[x][d]\n\n[d]: <${text}> '${text}'`,
          `| ${text} | **${text}** |\n|-|-|\n| ${text} | \`${text}\` |`,
          `## ${text}\n\n- [ ] ${text}\n\n> ${text}`,
          `\`\`\`${text}\n${text}\n\`\`\`\n\n~~~ ${text}\n${text}\n~~~`,
        ].join('\n\n'),
      ),
    'in images, where the page allows all that there may be': (text) =>
      replied(`![${text}](javascript:${text}) ![x](data:image/svg+xml,${text})`, { images: 'allow' }),
    'of the visitor': async (text) => {
      const element = await page.show(line.src);
      await ask(element, text);
      const request = await line.next();
      expect(request.body.content).to.equal(text);
      await request.start();
      await finished(element, request, 2);
      expect(textOf(element, '.bubble')).to.equal(text);
      return element;
    },
    'of the visitor that are refused': async (text) => {
      const element = await page.show(line.src);
      await ask(element, text);
      await (await line.next()).problem(413, 'content_too_large');
      await until(() => field(element).value !== '', 'the text to come back');
      expect(field(element).value).to.equal(text);
      return failed(element);
    },
    'of an error event': async (text) => {
      const { element, request } = await asked();
      await request.start();
      const error = { type: 'error', error: text, code: text, requestId: text, messageId: 'm1', title: text };
      await request.event(error, 2);
      await request.end();
      return unseen(await failed(element), text);
    },
    'of a page in place of a stream': async (text) => {
      const { element, request } = await asked();
      await request.answer(200, 'text/html', text);
      return unseen(await failed(element), text);
    },
    'of a problem': async (text) => {
      const { element, request } = await asked();
      const problem = { type: text, title: text, detail: text, error: text, requestId: text, code: 'invalid_request' };
      await request.answer(400, 'application/problem+json', JSON.stringify(problem), { 'Chat-Stream-Version': '1' });
      return unseen(await failed(element), text);
    },
    'as ids, over a cut': async (text) => {
      setLuck(0);
      const { element, request } = await asked();
      await request.start(text, { userMessageId: text, clientMessageId: text, createdAt: text });
      await request.write(`id: ${text}\nevent: ${text}\ndata: {"type":"token","content":"One "}\n\n`);
      await request.token('two', 2);
      await until(() => answer(element)?.textContent === 'two' || answer(element)?.textContent === 'One two', 'words');
      await request.cut();
      const again = await line.next('GET', '/stream');
      expect(decodeURIComponent(again.path)).to.include(`/messages/${text}/stream`);
      await again.v1();
      await again.event({ type: 'end', messageId: text, reason: text }, 3);
      await again.end();
      await status(element, 'done');
      await element.updateComplete;
      return unseen(element, text);
    },
    'of stored messages': async (text) => {
      const element = await page.show(line.src, { 'session-id': SESSION });
      const common = { status: 'complete', createdAt: text, parentId: text, lastEventId: 2, content: text };
      const sources = [{ id: text, title: text, url: 'javascript:__xss(0)', snippet: text }];
      await (
        await line.next('GET', '/messages')
      ).json(
        200,
        {
          data: [
            { ...common, id: text, role: 'user', clientMessageId: text },
            { ...common, id: `${text}2`, role: 'assistant', sources, title: text },
          ],
          lastEventId: 2,
          hasMore: false,
        },
        { 'Chat-Stream-Version': '1' },
      );
      await until(() => query(element, '.prose')?.firstChild, 'the stored reply');
      expect(textOf(element, '.bubble')).to.equal(text);
      return element;
    },
    'that this browser remembers': async (text) => {
      const turn = { question: text, answer: text, clientMessageId: text, messageId: text, phase: 'done', cursor: 2 };
      const { sessionStorage } = page.window;
      sessionStorage.setItem(`chat-stream:${line.src}`, JSON.stringify({ sessionId: SESSION, turns: [turn] }));
      sessionStorage.setItem(`chat-stream:${line.src}:draft`, JSON.stringify(text));
      const element = await page.show(line.src);
      await until(() => query(element, '.prose')?.firstChild, 'the remembered reply');
      expect(textOf(element, '.bubble')).to.equal(text);
      expect(field(element).value).to.equal(text);
      return element;
    },
    'in the place of what the element remembers': async (text) => {
      for (const suffix of ['', ':draft']) page.window.sessionStorage.setItem(`chat-stream:${line.src}${suffix}`, text);
      const element = await page.show(line.src);
      await ask(element, 'Hello');
      const request = await line.next();
      await request.start();
      return finished(element, request, 2);
    },
    'of the page: heading, greeting, placeholder and disclosure': async (text) => {
      const element = await page.show(line.src, { heading: text, greeting: text, placeholder: text, disclosure: text });
      for (const place of ['.title', '.hello', '.fine']) expect(textOf(element, place), place).to.equal(text);
      expect(field(element).placeholder).to.equal(text);
      expect(query(element, 'section')!.ariaLabel).to.equal(text);
      return element;
    },
    'of the page in every other attribute': async (text) => {
      const names =
        'session-id mode theme history follow markdown images links smoothing credentials send-key max-length retry-limit stall-timeout heading-level';
      const attributes = Object.fromEntries(names.split(' ').map((name) => [name, text]));
      const element = await page.show(line.src, { ...attributes, 'retry-limit': '8', 'stall-timeout': '60' });
      await ask(element, 'Hello');
      const request = await line.next();
      await request.start();
      await request.token('Hi', 2);
      return finished(element, request, 3);
    },
    'of the page in place of its strings': async (text) => {
      const strings = Object.fromEntries(Object.keys(ENGLISH).map((key) => [key, text]));
      const { element, request } = await asked({}, { strings });
      await request.start();
      await request.token('![a](https://a.example/b.png)\n\n- [x] a\n\n```js\na\n```\n\n| a |\n|-|\n', 2);
      await request.event({ type: 'error', error: 'no', code: 'upstream_error', requestId: 'r-1' }, 3);
      await request.end();
      await failed(element);
      expect(textOf(element, '.what')).to.equal(text);
      await until(() => textOf(element, '.code-copy') === text, 'the button of the code');
      return element;
    },
    'of a suggestion of the page': async (text) => {
      const element = await page.show(line.src);
      const button = page.window.document.createElement('button');
      Object.assign(button, { slot: 'suggestions', textContent: text });
      element.append(button);
      await until(() => button.checkVisibility(), 'the suggestion');
      button.click();
      const request = await line.next();
      expect(request.body.content).to.equal(text);
      await request.start();
      await finished(element, request, 2);
      expect(textOf(element, '.bubble')).to.equal(text);
      return element;
    },
    'that are copied': async (text) => {
      const copied: string[] = [];
      const clipboard = { writeText: async (words: string) => void copied.push(words) };
      Object.defineProperty(page.window.navigator, 'clipboard', { configurable: true, value: clipboard });
      const { element, request } = await asked();
      await request.start();
      const code = `\`\`\`\`\`\n${text}\n\`\`\`\`\`\n`;
      await request.token(code, 2);
      await request.event({ type: 'error', error: 'no', code: 'upstream_error' }, 3);
      await request.end();
      await failed(element);
      await until(() => query(element, '.code-copy') && query(element, '.ways'), 'the buttons');
      query(element, '.code-copy')!.click();
      query(element, '.ways button:last-of-type')!.click();
      await until(() => copied.length === 2, 'two copies');
      expect(copied).to.deep.equal([text, code]);
      await until(() => query(element, '.ways')?.textContent?.includes('Copied'), 'the word for it');
      return element;
    },
    'of sources and suggestions': async (text) => {
      const { element, request } = await asked();
      await request.start();
      await request.token(`Hi [1]`, 2);
      const source = { id: text, title: text, url: 'https://shop.example', snippet: text };
      await request.event({ type: 'sources', sources: [source] }, 3);
      await request.event({ type: 'suggestions', suggestions: [text] }, 4);
      await finished(element, request, 5);
      await until(() => query(element, '.cite') && query(element, '.suggestion'), 'both');
      expect(query(element, '.cite')!.ariaLabel).to.equal(`Source 1: ${text}`);
      expect(textOf(element, '.sources a')).to.equal(text);
      expect(textOf(element, '.suggestion')).to.equal(text);
      return element;
    },
    'in events that the element does not draw': async (text) => {
      const { element, request } = await asked();
      await request.start();
      await request.token('Hi', 2);
      await request.event({ type: 'status', status: 'tool', label: text }, 5);
      await request.event({ type: 'reasoning', content: text }, 6);
      await request.event({ type: 'tool', id: text, name: text, state: text, title: text, input: text }, 7);
      await request.event({ type: 'data', name: text, data: { html: text } }, 8);
      await request.event({ type: text, content: text, title: text }, 9);
      await finished(element, request, 10);
      await answers(element, 'Hi');
      return unseen(element, text);
    },
  };

  for (const [surface, show] of Object.entries(surfaces)) {
    it(surface, async function () {
      this.timeout(60_000);
      expect(core).to.have.length(10);
      let own: readonly string[] | undefined;
      for (const text of [HARMLESS, ...core]) {
        line = await Line.open();
        const element = await show(text);
        await page.expectSafe(element, line);
        own ??= skeleton(element);
        expect(skeleton(element), `the element's own markup, with ${text}`).to.deep.equal(own);
      }
    });
  }
});
