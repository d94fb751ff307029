import { directionOf } from '../markdown/text-direction.js';

/**
 * A text of more UTF-16 units has a field of fixed height, and one direction: with `unicode-bidi: plaintext`, which comes
 * with `dir="auto"`, Chromium (156) takes 15 s for each key in a megabyte, and without it 0.2 s. With `dir="auto"` itself it
 * looks for the direction anew at each line of a paste.
 */
const LONG = 10_000;

export const isLong = (text: string): boolean => text.length > LONG;

/** The `dir` of a field with this text. */
export const directionOfField = (text: string): string => (isLong(text) ? directionOf(text) || 'ltr' : 'auto');

/** Makes a field ready for a long text before the browser lays that out for the first time. For `beforeinput`. */
export function readyField({ data, target }: InputEvent): void {
  if (!(target instanceof HTMLTextAreaElement)) return;
  const { value, selectionStart, selectionEnd } = target;
  const text = value.slice(0, selectionStart) + (data ?? '') + value.slice(selectionEnd);
  if (!isLong(text)) return;
  target.classList.add('long');
  target.dir = directionOfField(text);
  target.style.blockSize = '';
}

/** Where `field-sizing: content` is unknown (Firefox, WebKit) fields are given their height by hand. */
export function fitFields(root: ParentNode): void {
  if (CSS.supports('field-sizing', 'content')) return;
  for (const field of root.querySelectorAll('textarea')) {
    if (isLong(field.value)) continue;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight}px`;
  }
}
