import type { ShownReply } from '../reply/index.js';
import type { ProseOptions } from './streaming-text.js';

type Words = Pick<ProseOptions, 'strings' | 'texts' | 'nameOfSource'>;

/**
 * Says anew what was added to a text that is drawn: names of buttons, boxes, regions and citations. The texts of a language
 * may be there only after the messages of a conversation that is taken up. No node becomes another: the focus, colours and
 * images that were asked for stay.
 */
export function renameAdded(container: Element, before: Words, now: Words, source: ShownReply | undefined): void {
  if (before.texts === now.texts) return;
  const { copyCode = '', loadImage = '', image = '', done = '', toDo = '' } = now.strings ?? {};
  const find = (selector: string) => container.querySelectorAll<HTMLElement>(selector);
  for (const button of find('.code-copy')) button.textContent = copyCode;
  for (const box of find('input')) box.ariaLabel = box.matches(':checked') ? done : toDo;
  for (const code of find(':is(pre, .drawn)[tabindex]')) code.ariaLabel = now.texts.code;
  for (const table of find('.table[tabindex]')) table.ariaLabel = now.texts.table;
  for (const alt of find('.image-alt')) {
    if (alt.textContent === before.strings?.image) alt.textContent = image;
  }
  for (const button of find('.image-load')) {
    const wordsIn = (part: string) => button.querySelector(part)?.textContent ?? '';
    const [alt, host] = [wordsIn('.image-alt'), wordsIn('.image-host')];
    button.ariaLabel = loadImage.replace('{alt}', () => alt).replace('{host}', () => host);
  }
  for (const cite of find('.cite')) {
    const number = Number(cite.textContent);
    cite.ariaLabel = now.nameOfSource(number, source?.details.sources[number - 1]?.title ?? '');
  }
}
