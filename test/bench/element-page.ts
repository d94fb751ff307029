import type { Page } from 'playwright-core';
import { type Order, questionFor } from './responder.js';

/** Asks the element for a reply, as its `send` does; resolves once the whole of it is drawn. */
export async function askElement(page: Page, order: Order): Promise<void> {
  const length = await page.evaluate(async (question) => {
    const element = document.querySelector('chat-stream');
    if (!element) throw new Error('The page has no <chat-stream>.');
    await customElements.whenDefined('chat-stream');
    await element.send(question);
    const later = () => new Promise((resolve) => setTimeout(resolve, 150));
    const prose = () => [...(element.shadowRoot?.querySelectorAll('[part="prose"]') ?? [])].at(-1);
    const count = () => prose()?.getElementsByTagName('*').length ?? 0;
    // Nothing that makes a frame is done meanwhile, and little else: frames are what is measured.
    const changes = () => new Promise((resolve) => element.addEventListener('chat-status', resolve, { once: true }));
    while (element.status !== 'done') await changes();
    // What does not fit into one write follows in tasks of their own, and then the colours.
    for (let before = -1; before !== count();) {
      before = count();
      await later();
    }
    await new Promise(requestAnimationFrame);
    return prose()?.textContent.length ?? 0;
  }, questionFor(order));
  if (length < order.length / 2) throw new Error(`Of ${order.length} characters the element shows only ${length}.`);
}

/** Makes its code warm, with what colours code, which a page loads once; leaves it with an empty conversation. */
export async function warmElement(page: Page): Promise<void> {
  await askElement(page, { shape: 'typical', length: 8_192, tokensPerSecond: 0 });
  await page.waitForFunction(() => document.querySelector('chat-stream')?.shadowRoot?.querySelector('code span'));
  await page.evaluate(() => document.querySelector('chat-stream')?.newSession());
}
