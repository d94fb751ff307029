import { expect, nextFrame } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { distanceOf, reachesEnd, scrollerOf, turnWheel } from './reader.js';
import { Chat, type Turn } from './server.js';
import { answer, ask, open, until } from './visitor.js';

describe('a view that gets another width', () => {
  let element: ChatStreamElement;
  let turn: Turn;

  const scroller = () => scrollerOf(element);

  async function begin(follow: string): Promise<void> {
    const chat = await Chat.open();
    element = await open(chat.src, { follow });
    await ask(element, 'Hello');
    turn = await chat.nextTurn();
  }

  /**
   * In pixels, of a line and a half: within it, a word is where it was. A place in a paragraph is known by its share of it,
   * and the last line may be short in one width and full in the other (with WebKit's letters 32 px were seen).
   */
  const NEAR = 39;

  /** A reply of all kinds of blocks, each word of which is told by its number. */
  async function sayWords(): Promise<void> {
    let words = 0;
    const some = (count: number) => Array.from({ length: count }, () => `w${++words}`).join(' ');
    const part = () =>
      `${some(150)} **${some(20)}** ${some(30)}\n\n- ${some(70)}\n  - ${some(60)}\n- ${some(9)}\n\n> ${some(80)}\n\n${some(20)}\n\n`;
    await turn.say(Array.from({ length: 5 }, part).join(''));
    await until(() => answer(element)?.textContent?.trim().endsWith(`w${words}`), 'all words');
    for (let frame = 0; frame < 3; frame++) await nextFrame();
  }

  /** Where each word stands, from the top of the view. */
  function wordTops(): Map<string, number> {
    const { top } = scroller().getBoundingClientRect();
    const tops = new Map<string, number>();
    const texts = document.createTreeWalker(answer(element), NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      for (const { 0: word, index } of text.data.matchAll(/w\d+/g)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        tops.set(word, range.getBoundingClientRect().top - top);
      }
    }
    return tops;
  }

  async function turnTo(inlineSize: number, blockSize: number): Promise<void> {
    Object.assign(element.style, { inlineSize: `${inlineSize}px`, blockSize: `${blockSize}px` });
    for (let frame = 0; frame < 3; frame++) await nextFrame();
  }

  it('has at its top what stood there, or the line beside it', async () => {
    await begin('bottom');
    await turnTo(360, 700);
    await sayWords();
    let places = 0;
    for (let deltaY = -600; distanceOf(element) < scroller().scrollHeight - 3_000; deltaY = -1_554) {
      places++;
      await turnWheel(element, deltaY);
      const [word] = [...wordTops()].find(([, top]) => top >= 0)!;
      const { scrollTop } = scroller();
      await turnTo(844, 330);
      expect(wordTops().get(word), `${word} in a wide view`).to.be.within(-NEAR, NEAR);
      await turn.say('More of it. ');
      await until(() => answer(element).textContent?.trimEnd().endsWith('More of it.'), 'more');
      for (let frame = 0; frame < 3; frame++) await nextFrame();
      expect(wordTops().get(word), `${word} while the reply grows`).to.be.within(-NEAR, NEAR);
      await turnTo(360, 700);
      expect(scroller().scrollTop, `${word} again`).to.be.closeTo(scrollTop, NEAR);
    }
    expect(places).to.be.within(5, 12);
  });

  it('is at the end, or holds the first line, there, too', async () => {
    await begin('start');
    await sayWords();
    const first = () => answer(element).getBoundingClientRect().top - scroller().getBoundingClientRect().top;
    const before = first();
    expect(before).to.be.within(0, 60);
    for (const [inlineSize, blockSize] of [
      [1200, 330],
      [360, 700],
    ] as const) {
      await turnTo(inlineSize, blockSize);
      expect(first(), `the first line at ${inlineSize} px`).to.be.closeTo(before, 1);
    }
    await turnWheel(element, 30_000);
    await reachesEnd(element);
    for (const [inlineSize, blockSize] of [
      [1200, 330],
      [360, 700],
    ] as const) {
      await turnTo(inlineSize, blockSize);
      expect(distanceOf(element), `the end at ${inlineSize} px`).to.be.within(-1, 1);
    }
  });
});
