import { expect, fixture, html, waitUntil } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import '../../widget/src/define.js';
import type { Chat } from './server.js';

/** Waits until something holds, looking again at every turn of the page. */
export function until(condition: () => unknown, what: string): Promise<void> {
  return waitUntil(condition, what, { interval: 5, timeout: 10_000 });
}

/** An element in a page, 420 × 560 pixels large. */
export async function open(src: string, attributes: Record<string, string> = {}): Promise<ChatStreamElement> {
  const parent = await fixture<HTMLElement>(html`<div></div>`);
  return openIn(parent, src, attributes);
}

export async function openIn(
  parent: HTMLElement,
  src: string,
  attributes: Record<string, string> = {},
): Promise<ChatStreamElement> {
  const element = document.createElement('chat-stream');
  element.style.cssText = 'inline-size: 420px; block-size: 560px';
  for (const [name, value] of Object.entries({ src, ...attributes })) element.setAttribute(name, value);
  parent.append(element);
  await element.updateComplete;
  return element;
}

const root = (element: ChatStreamElement): ShadowRoot => element.shadowRoot!;

export const query = (element: ChatStreamElement, selector: string): HTMLElement | null =>
  root(element).querySelector<HTMLElement>(selector);

export const field = (element: ChatStreamElement): HTMLTextAreaElement =>
  query(element, 'textarea') as HTMLTextAreaElement;

/** What can be read in the element, announcements aside. */
export const readable = (element: ChatStreamElement): string => query(element, '.panel')?.innerText ?? '';

/** What was announced so far. */
export const announced = (element: ChatStreamElement, role: 'log' | 'alert'): string =>
  query(element, `[role=${role}]`)?.textContent ?? '';

/** Live regions among what is seen of the conversation: none, what is heard is said in one place. */
export const seenLive = (element: ChatStreamElement): Element[] => [
  ...root(element).querySelectorAll('.scroll :is([aria-live], [role=log], [role=alert], [role=status])'),
];

export const shows = (element: ChatStreamElement, text: string): Promise<void> =>
  until(() => readable(element).includes(text), `"${text}" to be shown`);

export async function status(element: ChatStreamElement, phase: string): Promise<void> {
  await until(() => element.status === phase, `status ${phase}`).catch((error: Error) => {
    throw new Error(`${error.message}, but it is ${element.status}`);
  });
}

/** The newest answer's text, as it stands in the page. */
export function answer(element: ChatStreamElement): HTMLElement {
  return [...root(element).querySelectorAll<HTMLElement>('.prose')].at(-1)!;
}

export const answers = (element: ChatStreamElement, text: string): Promise<void> =>
  until(() => answer(element)?.textContent === text, `the answer to be "${text}"`);

/** Asks, and has it answered. */
export async function talk(chat: Chat, element: ChatStreamElement, question: string, reply: string): Promise<void> {
  await ask(element, question);
  const turn = await chat.nextTurn();
  await turn.say(reply);
  await turn.finish();
  await answers(element, reply);
  await status(element, 'done');
}

/** The visitor's messages, as they stand in the page. */
export const bubbles = (element: ChatStreamElement): (string | null)[] =>
  [...root(element).querySelectorAll('.bubble')].map((bubble) => bubble.textContent);

const nameOf = (control: Element): string => (control.getAttribute('aria-label') ?? control.textContent ?? '').trim();

export function button(element: ChatStreamElement, name: string): HTMLButtonElement | undefined {
  return [...root(element).querySelectorAll('button')].find((candidate) => nameOf(candidate) === name);
}

/** Presses a button, as soon as there is one of that name. */
export async function press(element: ChatStreamElement, name: string): Promise<void> {
  await until(() => button(element, name), `a button "${name}"`);
  button(element, name)!.focus();
  button(element, name)!.click();
}

/** Puts a text into the field, as typing does. */
export async function write(element: ChatStreamElement, text: string): Promise<void> {
  field(element).focus();
  field(element).value = text;
  field(element).dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  await element.updateComplete;
}

/** Presses a key in the field; false where its default is taken over. */
export function key(element: ChatStreamElement, name: string, init: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true, ...init });
  return field(element).dispatchEvent(event);
}

/** Asks a question in the field. */
export async function ask(element: ChatStreamElement, text = 'Hello'): Promise<void> {
  await write(element, text);
  key(element, 'Enter');
  await element.updateComplete;
}

/** No rule of axe is broken, in neither theme. */
export async function expectAccessible(element: ChatStreamElement): Promise<void> {
  const { theme } = element;
  for (const each of ['light', 'dark']) {
    element.theme = each;
    await element.updateComplete;
    for (const animation of root(element).getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
    await expect(element).to.be.accessible();
  }
  element.theme = theme;
  await element.updateComplete;
}

/** The element that has the focus is the chat, or a part of it. */
export const hasFocus = (element: ChatStreamElement): boolean =>
  document.activeElement === element && root(element).activeElement !== null;
