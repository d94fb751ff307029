import { expect, fixture, html, nextFrame } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { ChatStreamElement } from '../../widget/src/define.js';
import './page.js';
import { distanceOf, reachesEnd, scrollerOf, turnWheel } from './reader.js';
import { Chat, Line, type Turn } from './server.js';
import { answer, ask, button, expectAccessible, open, press, query, status, until } from './visitor.js';

describe('scrolling', () => {
  let chat: Chat;
  let element: ChatStreamElement;
  let turn: Turn;
  let lines = 0;

  const scroller = () => scrollerOf(element);
  const distance = () => distanceOf(element);
  const atEnd = () => reachesEnd(element);
  const wheel = (deltaY: number) => turnWheel(element, deltaY);

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

  it('offers no way to what stands below a text that is in view: it would lie over its sources', async () => {
    const line = await Line.open();
    element = await open(line.src);
    await ask(element, 'Hello');
    const request = await (await line.next()).start();
    const isSeen = () => answer(element).getBoundingClientRect().bottom <= scroller().getBoundingClientRect().bottom;
    for (let count = 0; count < 100 && distance() <= 1; count++) {
      await request.token(`Line ${count}.\n\n`, count + 2);
      await until(() => answer(element).textContent?.endsWith(`Line ${count}.`), 'the line');
      for (let frame = 0; frame < 3; frame++) await nextFrame();
      if (scroller().scrollHeight > scroller().clientHeight) break;
    }
    const list = ['One', 'Two', 'Three', 'Four'].map((title) => ({ id: title, title, url: 'https://b.example/' }));
    await request.event({ type: 'sources', sources: list }, 200);
    await request.finish(201);
    await status(element, 'done');
    await until(() => distance() > 48 && isSeen(), 'sources out of view');
    for (let frame = 0; frame < 3; frame++) await nextFrame();
    expect(button(element, 'Jump to latest')).to.equal(undefined);
    // A little of what was said is out of view.
    element.style.blockSize = `${element.offsetHeight - 100}px`;
    await until(() => !isSeen() && button(element, 'Jump to latest'), 'the pill');
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
