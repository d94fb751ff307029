import { expect, nextFrame } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { type Exchange, Line } from './server.js';
import { answer, ask, open, until } from './visitor.js';

const LONG = 'one_word_'.repeat(40);
const table = (name: string) => `| ${name} | Two |\n|---|---|\n| ${name} | ${LONG} |\n`;

describe('what is wider than its place', () => {
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;

  beforeEach(async () => {
    const line = await Line.open();
    element = await open(line.src, { smoothing: 'off' });
    await ask(element);
    request = await (await line.next()).start();
    id = 1;
  });

  async function show(text: string, selector: string): Promise<HTMLElement> {
    await request.token(text, ++id);
    const find = () => answer(element).querySelector<HTMLElement>(selector);
    await until(() => find()?.tabIndex === 0, 'what can be scrolled');
    return find()!;
  }

  /** The side at which it fades away. */
  const fade = (region: Element) => /to (left|right)/.exec(getComputedStyle(region).maskImage)?.[1] ?? 'none';

  async function scroll(region: HTMLElement, place: number): Promise<void> {
    region.scrollLeft = place;
    for (let frame = 0; frame < 3; frame++) await nextFrame();
  }

  for (const [what, text, selector, from, sign] of [
    ['code', `\`\`\`\n${LONG}\n`, 'pre', 'left', 1],
    ['code in a text in Hebrew', `- מילים\n\n  \`\`\`\n  ${LONG}\n`, 'pre', 'left', 1],
    ['a table', table('One'), '.table', 'left', 1],
    ['a table in Hebrew', table('אחת'), '.table', 'right', -1],
  ] as const) {
    it(`fades over 28 px where there is more, and only there: ${what}`, async () => {
      const region = await show(text, selector);
      expect(fade(region)).to.equal(from);
      expect(getComputedStyle(region).maskImage).to.contain('28px');
      const end = region.scrollWidth - region.clientWidth;
      await scroll(region, sign * (end - 20));
      expect(fade(region), 'before the end').to.equal(from);
      await scroll(region, sign * end);
      expect(fade(region), 'at the end').to.equal('none');
      await scroll(region, 0);
      expect(fade(region), 'at its beginning').to.equal(from);
    });
  }

  it('fades again where it grows wider while it is seen to its end', async () => {
    const region = await show(`\`\`\`\n${LONG}\n`, 'pre');
    await scroll(region, 9_999);
    expect(fade(region)).to.equal('none');
    await request.token(`${LONG}${LONG}\n\`\`\`\n\nWords.`, ++id);
    await until(() => answer(element).textContent.endsWith('Words.'), 'the words behind it');
    await until(() => fade(region) === 'left', 'the fade');
  });

  for (const [width, rows] of [
    [390, ['Size | Chest | Waist | Height', 'Small | 86 to 91 cm | 71 to 76 cm | 165 to 170 cm']],
    [390, ['Where to | Time | Price', 'United Kingdom | 2 to 3 working days | £3.95, free from £60']],
    [320, ['Where to | Time | Price', 'United Kingdom | 2 to 3 working days | £3.95, free from £60']],
  ] as const) {
    it(`shows all of a table of short words in ${width} px, in a quotation as well: ${rows[0]}`, async () => {
      element.style.inlineSize = `${width}px`;
      const lines = [rows[0], rows[0].replace(/[^|]+/g, '---'), rows[1], rows[1]];
      await request.token(`${lines.join('\n')}\n\n> ${lines.join('\n> ')}\n\nWords.`, ++id);
      await until(() => answer(element).textContent.endsWith('Words.'), 'the words behind it');
      for (let frame = 0; frame < 3; frame++) await nextFrame();
      const tables = [...answer(element).querySelectorAll('.table')];
      expect(tables.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).to.deep.equal([0, 0]);
      expect(tables.map(fade)).to.deep.equal(['none', 'none']);
    });
  }

  it('leaves the lines of a table of many columns whole, and has it scrolled', async () => {
    element.style.inlineSize = '390px';
    const row = ['Words in a row', 'Words in a row', 'Words in a row', 'Words in a row', 'Words in a row'].join(' | ');
    const region = await show(`${row}\n${row.replace(/[^|]+/g, '---')}\n${row}\n`, '.table');
    expect(fade(region)).to.equal('left');
    expect(region.querySelector('td')!.offsetHeight).to.be.below(50);
  });

  it('does not fade what fits, nor what fits since its window is wider', async () => {
    element.style.inlineSize = '400px';
    const region = await show(
      '| One | Two |\n|---|---|\n| words | some_words_that_go_on_and_on_for_a_while_here |\n',
      '.table',
    );
    expect(fade(region)).to.equal('left');
    element.style.inlineSize = '700px';
    await until(() => !region.hasAttribute('tabindex'), 'all of it to be seen');
    expect(fade(region)).to.equal('none');
  });
});
