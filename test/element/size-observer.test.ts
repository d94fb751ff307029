import { expect, fixture, html } from '@open-wc/testing';
import { SizeObserver } from '../../widget/src/view/size-observer.js';
import './page.js';
import { until } from './visitor.js';

/** A box in a box, each a little taller than what is in it. */
async function open(): Promise<{ readonly outer: HTMLElement; readonly inner: HTMLElement }> {
  const outer = await fixture<HTMLElement>(html`<div><div style="padding: 1px"></div></div>`);
  return { outer, inner: outer.firstElementChild as HTMLElement };
}

const grow = (element: HTMLElement) => element.append(document.createElement('hr'));

describe('who observes sizes', () => {
  // What is thrown into the page fails the test: so does "ResizeObserver loop completed with undelivered notifications".
  it('has the page told of no error where what is drawn meanwhile changes a size that was told', async () => {
    const { outer, inner } = await open();
    const heights: number[] = [];
    const ofInner = new SizeObserver(() => queueMicrotask(() => heights.length < 5 && grow(outer)));
    const ofOuter = new SizeObserver(() => heights.push(outer.clientHeight));
    ofInner.observe(inner);
    ofOuter.observe(outer);
    await until(() => heights.at(-1) === outer.clientHeight && outer.children.length > 1, 'the last size to be told');
    const known = outer.clientHeight;
    grow(inner);
    await until(() => heights.at(-1) === outer.clientHeight && outer.clientHeight > known, 'the new size to be told');
    ofInner.disconnect();
    ofOuter.disconnect();
  });

  it('is told of each size once, and of none after it has left', async () => {
    const { inner } = await open();
    const heights: number[] = [];
    const other: number[] = [];
    const observer = new SizeObserver(() => heights.push(inner.clientHeight));
    const last = new SizeObserver(() => other.push(inner.clientHeight));
    observer.observe(inner);
    await until(() => heights.length === 1, 'the size to be told');
    grow(inner);
    await until(() => heights.length === 2, 'the second size to be told');
    expect(heights[0]).to.be.below(heights[1]!);
    observer.disconnect();
    last.observe(inner);
    await until(() => other.length === 1, 'the size to be told to another');
    grow(inner);
    await until(() => other.length === 2, 'the third size to be told');
    expect(heights).to.have.length(2);
    last.disconnect();
  });
});
