import { element, framed, type MarkdownStrings } from './code-frame.js';
import { safeImage } from './safe-url.js';
import type { ElementAttributes } from './sink.js';

/** Which images are fetched without being asked for. */
export type Images = 'block' | 'same-origin' | 'allow';

/**
 * A picture where it may be fetched; else a chip with what is known of it, which is pressed to fetch it. `isInLink`:
 * nothing that can be pressed stands there.
 */
export function createImage(
  { destination = '', alt = '', title }: ElementAttributes,
  images: Images | undefined,
  strings: MarkdownStrings,
  isInLink: boolean,
): HTMLElement {
  const url = safeImage(destination, document.baseURI);
  if (url && (images === 'allow' || (images === 'same-origin' && url.origin === new URL(document.baseURI).origin))) {
    return picture(url, alt);
  }
  const shownAlt = alt || strings.image;
  const chip = framed('span', 'image', element('span', { className: 'image-alt', textContent: shownAlt }));
  if (!url) return chip;
  chip.append(' ', element('span', { className: 'image-host', textContent: url.host }));
  if (isInLink) return chip;
  const ariaLabel = strings.loadImage.replace('{alt}', () => shownAlt).replace('{host}', () => url.host);
  const button = element('button', { className: 'image-load', type: 'button', ariaLabel }, ...chip.childNodes);
  button.addEventListener('click', () => {
    const hadFocus = button.matches(':focus');
    // Who asked for it is told what it is, also where nothing describes it.
    const shown = picture(url, shownAlt);
    shown.tabIndex = -1;
    chip.replaceChildren(shown);
    if (hadFocus) shown.focus({ preventScroll: true });
  });
  chip.append(button);
  return chip;

  function picture(address: URL, name: string): HTMLImageElement {
    return element('img', {
      alt: name,
      ...(title !== undefined && { title }),
      referrerPolicy: 'no-referrer',
      loading: 'lazy',
      src: address.href,
    });
  }
}
