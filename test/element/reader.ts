import { nextFrame } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { query, until } from './visitor.js';

/** What the conversation scrolls in. */
export const scrollerOf = (element: ChatStreamElement): HTMLElement => query(element, '.scroll')!;

/** How far the end is out of view, in pixels. */
export function distanceOf(element: ChatStreamElement): number {
  const { scrollHeight, clientHeight, scrollTop } = scrollerOf(element);
  return scrollHeight - clientHeight - scrollTop;
}

export const reachesEnd = (element: ChatStreamElement): Promise<void> =>
  until(() => distanceOf(element) <= 1, `the end, which is ${distanceOf(element)} px away`);

/** Turns the wheel as a browser does: the event, then, later, the scrolling. */
export async function turnWheel(element: ChatStreamElement, deltaY: number): Promise<void> {
  const scroller = scrollerOf(element);
  scroller.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, composed: true }));
  await nextFrame();
  // A smooth scrolling begins slowly.
  for (const step of [Math.sign(deltaY), deltaY - Math.sign(deltaY)]) {
    scroller.scrollTop += step;
    await nextFrame();
  }
}
