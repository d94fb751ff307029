import type { ChatStreamElement } from '../../widget/src/define.js';
import { stub } from './page.js';
import { query } from './visitor.js';

export const launcher = (element: ChatStreamElement): HTMLElement | null => query(element, '.launcher');

export const dialog = (element: ChatStreamElement): HTMLDialogElement => query(element, 'dialog') as HTMLDialogElement;

/** How the floating panel is shown. */
export function isShownAs(element: ChatStreamElement): 'closed' | 'popover' | 'modal' {
  if (dialog(element).matches(':modal')) return 'modal';
  return dialog(element).matches(':popover-open') ? 'popover' : 'closed';
}

/** Lets the page believe that its window is small, or a touch screen; what it looks like stays. */
export function pretendWindow({ small = false, touch = false }): { resize(small: boolean): void } {
  const real = window.matchMedia.bind(window);
  const lists: { list: EventTarget; update(): void }[] = [];
  stub(window, 'matchMedia', (text) => {
    const list = real(text);
    const define = (matches: boolean) => Object.defineProperty(list, 'matches', { value: matches, configurable: true });
    if (text.includes('pointer: coarse')) define(touch);
    if (text.includes('max-width')) {
      define(small);
      lists.push({ list, update: () => define(small) });
    }
    return list;
  });
  return {
    resize(isSmall) {
      small = isSmall;
      for (const { list, update } of lists) {
        update();
        list.dispatchEvent(new Event('change'));
      }
    },
  };
}

/** Its motion has come to its end. */
export const isStill = (element: ChatStreamElement): Promise<unknown> =>
  Promise.allSettled(
    dialog(element)
      .getAnimations()
      .map(({ finished }) => finished),
  );
