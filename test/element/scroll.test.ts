import { expect, fixture, html, nextFrame } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { Chat, type Turn } from './server.js';
import { answer, ask, button, expectAccessible, open, press, query, status, until } from './visitor.js';

describe('scrolling', () => {
  let chat: Chat;
  let element: ChatStreamElement;
  let turn: Turn;
  let lines = 0;

  const scroller = () => query(element, '.scroll')!;
  const distance = () => scroller().scrollHeight - scroller().clientHeight - scroller().scrollTop;
  const atEnd = () => until(() => distance() <= 1, `the end, which is ${distance()} px away`);

  async function begin(follow: string): Promise<void> {
    chat = await Chat.open();
    element = await open(chat.src, { follow });
    await ask(element, 'Hello');
    turn = await chat.nextTurn();
  }

  /** Lets the reply grow, and everything that follows from that happen. */
  async function grow(paragraphs: number): Promise<void> {
    await turn.say(Array.from({ length: paragraphs }, () => `Line ${++lines}.\n\n`).join(''));
    await until(() => answer(element)?.textContent?.endsWith(`Line ${lines}.`), `line ${lines}`);
    for (let frame = 0; frame < 3; frame++) await nextFrame();
  }

  /** Turns the wheel as a browser does: the event, then, later, the scrolling. */
  async function wheel(deltaY: number): Promise<void> {
    scroller().dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, composed: true }));
    await nextFrame();
    // A smooth scrolling begins slowly.
    for (const step of [Math.sign(deltaY), deltaY - Math.sign(deltaY)]) {
      scroller().scrollTop += step;
      await nextFrame();
    }
  }

  /** Where a smooth scrolling comes to rest. */
  async function restingPlace(): Promise<number> {
    let place = -1;
    for (let frames = 0; frames < 12; frames++) {
      if (place !== scroller().scrollTop) frames = 0;
      place = scroller().scrollTop;
      await nextFrame();
    }
    return place;
  }

  it('is accessible while the end is out of view', async () => {
    await begin('bottom');
    await grow(40);
    await wheel(-300);
    await until(() => button(element, 'Jump to latest'), 'the pill');
    await expectAccessible(element);
  });

  it('follows a growing reply to its end', async () => {
    await begin('bottom');
    for (let step = 0; step < 4; step++) {
      await grow(10);
      await atEnd();
    }
    expect(button(element, 'Jump to latest')).to.equal(undefined);
  });

  for (const deltaY of [-1, -300]) {
    it(`keeps the reader's place after a turn of the wheel by ${-deltaY} px`, async () => {
      await begin('bottom');
      await grow(40);
      await atEnd();
      await wheel(deltaY);
      const place = scroller().scrollTop;
      for (let step = 0; step < 3; step++) {
        await grow(3);
        expect(scroller().scrollTop).to.equal(place);
      }
    });
  }

  it("keeps the reader's place after keys", async () => {
    await begin('bottom');
    await grow(40);
    await atEnd();
    scroller().focus();
    await sendKeys({ press: 'PageUp' });
    await until(() => distance() > 200, 'the page to move');
    const place = await restingPlace();
    await grow(3);
    expect(scroller().scrollTop).to.equal(place);
    await sendKeys({ press: 'End' });
    await atEnd();
    await grow(3);
    await atEnd();
  });

  it("keeps the reader's place, and offers the way back, after the focus has gone to an earlier message", async () => {
    await begin('bottom');
    await turn.say('One.\n\n[A link](https://example.com/)\n\n');
    await turn.finish();
    await status(element, 'done');
    await ask(element, 'And more?');
    turn = await chat.nextTurn();
    await grow(40);
    await atEnd();
    query(element, '.prose a')!.focus();
    await until(() => distance() > 200, 'the link to come into view');
    await until(() => button(element, 'Jump to latest'), 'the pill');
    const place = await restingPlace();
    await grow(3);
    expect(scroller().scrollTop).to.equal(place);
  });

  it("keeps the reader's place after a drag by a finger", async () => {
    await begin('bottom');
    await grow(40);
    await atEnd();
    for (const [type, clientY] of [
      ['touchstart', 300],
      ['touchmove', 320],
    ] as const) {
      const touch = Object.assign(new Event(type, { bubbles: true, composed: true }), { touches: [{ clientY }] });
      answer(element).dispatchEvent(touch);
    }
    const place = scroller().scrollTop;
    await grow(3);
    expect(scroller().scrollTop).to.equal(place);
  });

  it('follows again once the reader has come to the end', async () => {
    await begin('bottom');
    await grow(40);
    await wheel(-300);
    await grow(3);
    await wheel(2000);
    await atEnd();
    await grow(3);
    await atEnd();
  });

  it('follows on after a press that has moved nothing', async () => {
    await begin('bottom');
    await grow(40);
    await atEnd();
    const at = { pointerType: 'mouse', clientX: 50, clientY: 50, bubbles: true, composed: true };
    answer(element).dispatchEvent(new PointerEvent('pointerdown', at));
    answer(element).dispatchEvent(new PointerEvent('pointerup', at));
    await grow(3);
    await atEnd();
  });

  it("keeps the reader's place while a text is being selected", async () => {
    await begin('bottom');
    await grow(40);
    await atEnd();
    const place = scroller().scrollTop;
    const at = { pointerType: 'mouse', clientX: 50, clientY: 50, bubbles: true, composed: true };
    answer(element).dispatchEvent(new PointerEvent('pointerdown', at));
    await grow(3);
    expect(scroller().scrollTop).to.equal(place);
    answer(element).dispatchEvent(new PointerEvent('pointerup', { ...at, clientX: 150 }));
    await grow(3);
    expect(scroller().scrollTop).to.equal(place);
  });

  it('offers the way back to the end', async () => {
    await begin('bottom');
    await grow(40);
    await wheel(-300);
    await until(() => button(element, 'Jump to latest'), 'the pill');
    await press(element, 'Jump to latest');
    await atEnd();
    await until(() => !button(element, 'Jump to latest'), 'the pill to go');
    expect(element.shadowRoot?.activeElement, 'the focus').to.equal(scroller());
    await grow(3);
    await atEnd();
  });

  it("holds the reply's first line, and offers the way on, where follow is start", async () => {
    await begin('start');
    await grow(3);
    await atEnd();
    await grow(60);
    const first = answer(element).getBoundingClientRect().top - scroller().getBoundingClientRect().top;
    expect(first).to.be.within(0, 60);
    const place = scroller().scrollTop;
    await grow(20);
    expect(scroller().scrollTop).to.equal(place);
    await press(element, 'Jump to latest');
    await atEnd();
    await grow(5);
    await atEnd();
  });

  it('brings in the notice of a failure, where nothing else is out of view', async () => {
    await begin('start');
    for (let count = 0; distance() <= 1 && count < 100 && scroller().scrollHeight <= scroller().clientHeight; count++) {
      await grow(1);
    }
    await turn.fail();
    await until(() => button(element, 'Try again'), 'the way on');
    await atEnd();
  });

  it('lets the reader read on while it holds', async () => {
    await begin('start');
    await grow(80);
    await wheel(200);
    const place = scroller().scrollTop;
    expect(distance()).to.be.above(100);
    for (let step = 0; step < 3; step++) {
      await grow(3);
      expect(scroller().scrollTop).to.equal(place);
    }
    await wheel(5000);
    await atEnd();
    await grow(3);
    await atEnd();
  });

  it('offers no way to the end of a chat that is empty', async () => {
    await begin('bottom');
    await grow(40);
    await wheel(-300);
    await until(() => button(element, 'Jump to latest'), 'the pill');
    element.newSession();
    await element.updateComplete;
    expect(button(element, 'Jump to latest')).to.equal(undefined);
  });

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

  it('has at its top what stood there, or the line beside it, when it gets another width', async () => {
    await begin('bottom');
    await turnTo(360, 700);
    await sayWords();
    let places = 0;
    for (let deltaY = -600; distance() < scroller().scrollHeight - 3_000; deltaY = -1_554) {
      places++;
      await wheel(deltaY);
      const [word] = [...wordTops()].find(([, top]) => top >= 0)!;
      const { scrollTop } = scroller();
      await turnTo(844, 330);
      expect(wordTops().get(word), `${word} in a wide view`).to.be.within(-NEAR, NEAR);
      await grow(1);
      expect(wordTops().get(word), `${word} while the reply grows`).to.be.within(-NEAR, NEAR);
      await turnTo(360, 700);
      expect(scroller().scrollTop, `${word} again`).to.be.closeTo(scrollTop, NEAR);
    }
    expect(places).to.be.within(5, 12);
  });

  it('is at the end, or holds the first line, in another width, too', async () => {
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
    await wheel(30_000);
    await atEnd();
    for (const [inlineSize, blockSize] of [
      [1200, 330],
      [360, 700],
    ] as const) {
      await turnTo(inlineSize, blockSize);
      expect(distance(), `the end at ${inlineSize} px`).to.be.within(-1, 1);
    }
  });

  it('moves for nothing but the own message where follow is off', async () => {
    await begin('off');
    await grow(60);
    expect(scroller().scrollTop).to.equal(0);
    await press(element, 'Jump to latest');
    await atEnd();
    await turn.finish();
    await until(() => element.status === 'done', 'the end');
    await wheel(-3000);
    await ask(element, 'And then?');
    turn = await chat.nextTurn();
    await until(() => [...element.shadowRoot!.querySelectorAll('.bubble')].length === 2, 'the message');
    await atEnd();
  });

  it('brings the own message into view wherever the reader was', async () => {
    await begin('bottom');
    await grow(40);
    await turn.finish();
    await until(() => element.status === 'done', 'the end');
    await wheel(-500);
    await ask(element, 'And then?');
    turn = await chat.nextTurn();
    await atEnd();
    await grow(3);
    await atEnd();
  });

  it('keeps its place, and follows on, when the element is moved', async () => {
    await begin('bottom');
    await grow(40);
    await atEnd();
    (await fixture<HTMLElement>(html`<div></div>`)).append(element);
    await grow(3);
    await atEnd();
    await wheel(-300);
    const place = scroller().scrollTop;
    (await fixture<HTMLElement>(html`<div></div>`)).append(element);
    await grow(3);
    expect(scroller().scrollTop).to.equal(place);
  });
});
