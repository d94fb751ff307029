import { expect, nextFrame } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { type Exchange, Line } from './server.js';
import { answer, ask, open, until } from './visitor.js';

const LINK = '[a link](https://example.com/)';
const WIDE = `${'wide '.repeat(12)}| ${'wider '.repeat(12)}| ${LINK} | Four`;
/** Its first cells are `labels`, in both directions of writing; all others are wide. */
const table = (...labels: readonly string[]) =>
  `| ${labels[0]} | ${LINK} | Two | Three | Four |\n|---|---|---|---|---|\n${labels
    .slice(1)
    .map((label) => `| ${label} | ${WIDE} |\n`)
    .join('')}`;

describe("a table's first column", () => {
  let element: ChatStreamElement;
  let request: Exchange;
  let id: number;

  async function begin(attributes: Record<string, string> = {}): Promise<void> {
    const line = await Line.open();
    element = await open(line.src, { smoothing: 'off', ...attributes });
    await ask(element);
    request = await (await line.next()).start();
    id = 1;
  }

  const region = () => answer(element).querySelector<HTMLElement>('.table')!;
  const cells = () => [...region().querySelectorAll<HTMLElement>('tr > :first-child')];

  async function show(text: string): Promise<void> {
    await request.token(text, ++id);
    await until(() => region()?.tabIndex === 0, 'a table to scroll');
  }

  async function scroll(byX: number, dir = 'ltr'): Promise<void> {
    region().scrollLeft += dir === 'ltr' ? byX : -byX;
    for (let frame = 0; frame < 3; frame++) await nextFrame();
  }

  /** How far each of its cells is from the edge at which the table begins, in whole pixels. */
  function distances(): number[] {
    const isLeft = region().dir !== 'rtl';
    const edge = region().getBoundingClientRect();
    return cells().map((cell) => {
      const box = cell.getBoundingClientRect();
      const distance = isLeft ? box.left - edge.left : edge.right - box.right;
      // No -0.
      return Math.round(distance - region().clientLeft) || 0;
    });
  }

  /** What is seen in the middle of the column's cells. */
  const seen = () =>
    cells().map((cell) => {
      const { left, right, top, bottom } = cell.getBoundingClientRect();
      const found = element.shadowRoot!.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return found?.closest('th, td');
    });

  for (const [dir, labels] of [
    ['ltr', ['Name', 'One', 'שם']],
    ['rtl', ['שם', 'אחת', 'Name']],
  ] as const) {
    it(`stays in view where the table is scrolled, above the others, written ${dir}`, async () => {
      await begin();
      await show(table(...labels));
      expect(region().dir).to.equal(dir);
      expect(distances()).to.deep.equal([0, 0, 0]);
      await scroll(150, dir);
      expect(Math.abs(region().scrollLeft)).to.equal(150);
      expect(distances()).to.deep.equal([0, 0, 0]);
      expect(seen()).to.deep.equal(cells());
      await scroll(9_999, dir);
      expect(distances(), 'at the end').to.deep.equal([0, 0, 0]);
    });
  }

  it('lets nothing of the others shine through, in both themes', async () => {
    await begin();
    await show(table('Name', 'One'));
    await scroll(150);
    for (const theme of ['light', 'dark']) {
      element.theme = theme;
      await element.updateComplete;
      const ground = (node: Element) => getComputedStyle(node).backgroundColor;
      const [head, cell] = cells();
      expect(ground(cell!)).to.equal(ground(element.shadowRoot!.querySelector('.panel')!));
      expect(ground(head!)).to.equal(ground(head!.nextElementSibling!));
      expect(ground(head!)).not.to.equal(ground(cell!));
    }
  });

  it('stays while the table grows, in the rows that come, and moves nothing', async () => {
    await begin();
    await show(table('Name', 'One'));
    const before = cells().map(({ offsetWidth }) => offsetWidth);
    await scroll(150);
    expect(cells().map(({ offsetWidth }) => offsetWidth)).to.deep.equal(before);
    await show(`| Two | ${WIDE} |\n| Six | ${WIDE} |\n\nWords.`);
    await until(() => answer(element).textContent.endsWith('Words.'), 'the words behind it');
    expect(distances()).to.deep.equal([0, 0, 0, 0]);
  });

  it('moves with the others where it takes more than half of the width, also once it has grown so wide', async () => {
    await begin();
    await show(table('Name', 'One'));
    await scroll(20);
    expect(distances()).to.deep.equal([0, 0]);
    await request.token(`| ${'A_label_without_a_blank_'.repeat(2)} | Two |\n\nWords.`, ++id);
    await until(() => answer(element).textContent.endsWith('Words.'), 'the words behind it');
    await scroll(20);
    expect(distances()).to.deep.equal([-40, -40, -40]);
  });

  for (const [dir, labels] of [
    ['ltr', ['Name', 'One']],
    ['rtl', ['שם', 'אחת']],
  ] as const) {
    it(`does not hide what gets the focus, written ${dir}`, async () => {
      await begin();
      await show(table(...labels));
      const link = region().querySelector('a')!;
      const start = (node: Element) => {
        const { left, right } = node.getBoundingClientRect();
        return dir === 'ltr' ? left : -right;
      };
      const isHidden = () => start(link) < start(cells()[0]!) + cells()[0]!.offsetWidth - 1;
      for (const farther of [0, 200]) {
        await scroll(start(link) - start(cells()[0]!) + farther, dir);
        expect(isHidden(), 'behind it').to.equal(true);
        link.focus();
        await until(() => !isHidden(), 'the link to come out of it');
        link.blur();
      }
    });
  }
});
