import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { DomSink, MarkdownParser } from '../../widget/src/markdown/index.js';
import { record } from './page.js';
import { type Exchange, Line } from './server.js';
import { answer, ask, expectAccessible, field, open, query, status, until } from './visitor.js';

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';

describe('in a reply', () => {
  let line: Line;
  /** Where pictures come from: another origin than the page's. */
  let pictures: Line;
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;
  let written: { readonly text: string }[];

  async function begin(attributes: Record<string, string> = {}): Promise<void> {
    line = await Line.open();
    pictures = await Line.open();
    element = await open(line.src, { smoothing: 'off', ...attributes });
    written = record(element, 'chat-token');
    await ask(element);
    request = await (await line.next()).start();
    id = 1;
  }

  async function say(text: string): Promise<void> {
    await request.token(text, ++id);
    await until(
      () =>
        written
          .map((token) => token.text)
          .join('')
          .endsWith(text),
      `"${text}" to be written`,
    );
  }

  async function finish(): Promise<void> {
    await request.finish(++id);
    await status(element, 'done');
    await element.updateComplete;
  }

  const all = <E extends HTMLElement>(selector: string) => [...answer(element).querySelectorAll<E>(selector)];
  const picture = () => query(element, '.prose img') as HTMLImageElement | null;
  const isLoaded = () => until(() => picture()?.complete && picture()!.naturalWidth > 0, 'the picture');
  const sendPicture = async () => (await pictures.next('GET')).answer(200, 'image/svg+xml', PICTURE);

  describe('an image', () => {
    it('is accessible before and after it is fetched', async () => {
      await begin();
      await say(`![A chart](${pictures.src}/a.svg)`);
      await finish();
      await expectAccessible(element);
      all('.image-load')[0]!.click();
      await sendPicture();
      await isLoaded();
      await expectAccessible(element);
    });

    it('is not asked for before its button is pressed, and then once, whatever comes behind it', async () => {
      await begin();
      for (const piece of ['See ![A', ' chart](', `${pictures.src}/a`, '.svg "title")', ' and **more', '** and [x].']) {
        await say(piece);
      }
      expect(await pictures.requests()).to.deep.equal([]);
      const [button] = all('.image-load');
      expect(button!.getAttribute('aria-label')).to.equal(`Load image: A chart, ${new URL(pictures.src).host}`);
      expect(button!.textContent).to.equal(`A chart ${new URL(pictures.src).host}`);
      button!.click();
      button!.click();
      await sendPicture();
      await isLoaded();
      const loaded = picture();
      expect(loaded).to.include({ alt: 'A chart', title: 'title', referrerPolicy: 'no-referrer' });
      for (const piece of [' More words', ' in *it*.\n\nAnd below.', '\n\n[x]: /u\n\n', 'The end.']) await say(piece);
      await finish();
      expect(picture()).to.equal(loaded);
      expect(all('p')[0]!.textContent).to.equal('See  and more and x. More words in it.');
      expect(await pictures.requests()).to.deep.equal(['GET /a.svg']);
    });

    it('has the focus when its button was pressed by the keyboard, and nothing else has it otherwise', async () => {
      await begin();
      await say(`![A chart](${pictures.src}/a.svg) and ![](${pictures.src}/b.svg).`);
      const [first, second] = all('.image-load');
      first!.focus();
      first!.click();
      expect(element.shadowRoot!.activeElement).to.equal(picture());
      await sendPicture();
      await isLoaded();
      await expectAccessible(element);
      expect(picture()!.tabIndex).to.equal(-1);
      field(element).focus();
      second!.click();
      expect(element.shadowRoot!.activeElement).to.equal(field(element));
      expect(all<HTMLImageElement>('img').map(({ alt }) => alt)).to.deep.equal(['A chart', 'Image']);
      await finish();
    });

    it('keeps what is read on its button inside, words without an end as well', async () => {
      await begin();
      element.style.inlineSize = '390px';
      await say(`See ![${'a'.repeat(80)}](https://${'b.'.repeat(40)}example/a.svg)`);
      await finish();
      const { right } = answer(element).getBoundingClientRect();
      for (const part of all('.image-load, .image-load *')) {
        expect(part.getBoundingClientRect().right, part.className).to.be.at.most(right);
      }
    });

    it('has a button named by what is read on it, also where the renderer is used alone', async () => {
      const root = document.createElement('div');
      document.body.append(root);
      new MarkdownParser(new DomSink(root)).write('![A chart](https://a.example/b.png) words');
      const button = root.querySelector('button')!;
      const label = button.getAttribute('aria-label')!;
      expect(label).to.equal('Load image: A chart, a.example');
      expect(label.replace(',', '')).to.include(button.textContent);
      root.remove();
    });

    it('is asked for when the page allows it, once', async () => {
      await begin({ images: 'allow' });
      for (const piece of [`See ![A chart](${pictures.src}/a.svg)`, ' and **more**', ' words.\n\nThe end.'])
        await say(piece);
      await sendPicture();
      await isLoaded();
      await finish();
      expect(await pictures.requests()).to.deep.equal(['GET /a.svg']);
    });

    it("is asked for when it is the page's own, and no other, where the page allows that", async () => {
      await begin({ images: 'same-origin' });
      await say(`![Own](/widget/own.svg) ![Other](${pictures.src}/a.svg) ![Again](//${location.host}/again.svg).`);
      expect(all<HTMLImageElement>('img').map(({ alt, src }) => [alt, src])).to.deep.equal([
        ['Own', `${location.origin}/widget/own.svg`],
        ['Again', `${location.origin}/again.svg`],
      ]);
      expect(all('.image-load').map(({ textContent }) => textContent)).to.deep.equal([
        `Other ${new URL(pictures.src).host}`,
      ]);
      await finish();
      expect(await pictures.requests()).to.deep.equal([]);
    });

    it('is never asked for where its address is none of an image', async () => {
      await begin({ images: 'allow' });
      await say('![a](javascript:x) ![b](data:image/svg+xml,x) ![c](blob:x) ![d](file:///x) ![e](ftp://a.example/x).');
      await finish();
      expect(all('img, button')).to.have.length(0);
      expect(all('.image').map(({ textContent }) => textContent)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    });

    it('in a link has no button: the link is what is pressed', async () => {
      await begin();
      await say(`[![A chart](${pictures.src}/a.svg)](https://a.example/).`);
      expect(all('a .image')).to.have.length(1);
      expect(all('button')).to.have.length(0);
      await finish();
      expect(await pictures.requests()).to.deep.equal([]);
    });
  });

  describe('a link', () => {
    const LINKS = [
      '[words](https://a.example/b)',
      '<https://a.example/c>',
      'https://a.example/d',
      'www.a.example',
      '[mail](mailto:a@a.example)',
      '[call](tel:+491234)',
      '[page](/e#f)',
    ].join(' , ');

    for (const [links, target] of [
      ['new-tab', '_blank'],
      ['same-tab', ''],
    ] as const) {
      it(`tells its target nothing of the page, in ${links}`, async () => {
        await begin({ links });
        await say(`${LINKS}\n\nMore`);
        const found = all<HTMLAnchorElement>('a');
        expect(found).to.have.length(7);
        for (const link of found) {
          expect(link).to.include({ target, rel: 'noopener noreferrer nofollow' });
        }
        expect(found.map((link) => link.getAttribute('href'))).to.deep.equal([
          'https://a.example/b',
          'https://a.example/c',
          'https://a.example/d',
          'http://www.a.example',
          'mailto:a@a.example',
          'tel:+491234',
          '/e#f',
        ]);
        expect(all('.link-host')).to.have.length(0);
      });
    }

    it('shows where it leads, if its text names another place', async () => {
      await begin();
      await say(
        [
          '[bank.example](https://evil.example/x)',
          '[go to www.bank.example now](https://evil.example:8443/)',
          '[https://bank.example](https://bank.example@evil.example/)',
          '[www.bank.example](https://bank.example/login)',
          '[**bank**.example](https://evil.example/)',
          '[words](https://evil.example/)',
        ].join('\n\n') + '\n\nMore',
      );
      expect(all('a').map(({ textContent }) => textContent)).to.deep.equal([
        'bank.example (evil.example)',
        'go to www.bank.example now (evil.example:8443)',
        'https://bank.example (evil.example)',
        'www.bank.example',
        'bank.example (evil.example)',
        'words',
      ]);
    });

    it('shows that place as it is written, and leaves the text behind it alone, whatever direction its own text has', async () => {
      await begin();
      await say('[\u202emoc.knab](https://evil.example) behind it\n\nMore');
      const [link] = all('a');
      /** Letters stand from left to right. */
      const runs = (node: Node, first: string) => {
        const at = node.textContent!.indexOf(first);
        const range = document.createRange();
        const leftOf = (offset: number) => {
          range.setStart(node, offset);
          range.setEnd(node, offset + 1);
          return range.getBoundingClientRect().left;
        };
        return leftOf(at) < leftOf(at + 2);
      };
      expect(link!.textContent).to.equal('\u202emoc.knab (evil.example)');
      expect(runs(link!.firstChild!, 'moc'), 'its text').to.equal(false);
      expect(runs(query(element, '.link-host')!.firstChild!, 'evil'), 'the host').to.equal(true);
      expect(runs(link!.nextSibling!, 'behind'), 'the text behind it').to.equal(true);
    });

    it('that may not be followed is its text', async () => {
      await begin();
      await say('[a](javascript:x) [b](data:text/html,x) [c](vbscript:x) [d](blob:x) [e](intent://x).\n\nMore');
      expect(all('a')).to.have.length(0);
      expect(all('p')[0]!.textContent).to.equal('a b c d e.');
    });
  });

  describe('a definition that comes late', () => {
    const PARAGRAPHS = [
      'No label.',
      'With [one].',
      'With [one] and [two].',
      'With [other] words.',
      '- In [one]\n- item',
    ];

    it('changes those paragraphs alone that use its label', async () => {
      await begin();
      await say(`${PARAGRAPHS.join('\n\n')}\n\nLast`);
      const blocks = all('p');
      const words = blocks.map((block) => block.firstChild);
      const touched = new Set<Node>();
      const observer = new MutationObserver((records) => {
        for (const { target } of records)
          touched.add((target instanceof Element ? target : target.parentElement!).closest('p')!);
      });
      await say(' words.\n\n');
      observer.observe(answer(element), { subtree: true, childList: true, characterData: true, attributes: true });
      await say('[one]: /1\n\n');
      const changed = new Set(observer.takeRecords().map(({ target }) => target));
      for (const target of changed) touched.add(target);
      observer.disconnect();
      expect(all('a').map((link) => link.getAttribute('href'))).to.deep.equal(['/1', '/1', '/1']);
      expect(blocks.map((block) => touched.has(block))).to.deep.equal([false, true, true, false, true, false, false]);
      expect(all('p')).to.deep.equal(blocks);
      expect(blocks.map((block) => block.firstChild)).to.deep.equal(words);
      expect(blocks.map(({ textContent }) => textContent).join('|')).to.equal(
        'No label.|With one.|With one and [two].|With [other] words.|In one|item|Last words.',
      );
    });

    it('changes every paragraph that used it, however many there are', async () => {
      await begin();
      await say(`${'So [one].\n\n'.repeat(250)}Last.\n\n`);
      await say('[one]: /1\n\n');
      await finish();
      const shown = all('p').map(({ textContent }) => textContent);
      expect(shown).to.deep.equal([...Array.from({ length: 250 }, () => 'So one.'), 'Last.']);
    });
  });
});
