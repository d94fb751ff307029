import { html, nothing, type TemplateResult } from 'lit';
import { safeLink } from '../markdown/safe-url.js';
import type { ShownReply } from '../reply/index.js';
import type { View } from './view.js';

interface Source {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
}

/** What a reply cites, in the order of its numbers. */
export function sources(
  { details, text }: ShownReply,
  { strings, language, prose }: View,
): TemplateResult | typeof nothing {
  if (details.sources.length === 0 || text === '') return nothing;
  return html`
    <div class="sources">
      <p class="aside" aria-hidden="true">${strings.sources}</p>
      <ol aria-label=${strings.sources}>
        ${details.sources.map(({ title, url }) => html`<li tabindex="-1" lang=${language}>${entry(title, url, prose.links)}</li>`)}
      </ol>
    </div>
  `;
}

/** A title without a link where its address is none that may be opened. */
function entry(title: string, address: string | undefined, links: string | undefined) {
  const url = address === undefined ? undefined : safeLink(address, document.baseURI);
  // Its own direction, in the list's: the numbers stand on one side.
  if (!url) return html`<bdi>${title}</bdi>`;
  return html`<a
      dir="auto"
      href=${url.href}
      rel="noopener noreferrer nofollow"
      target=${links === 'same-tab' ? nothing : '_blank'}
      >${title || url.host}</a
    >
    ${
      // The page's own says nothing new.
      url.host === location.host ? nothing : html`<span class="host" dir="ltr">${url.host}</span>`
    }`;
}

/** What may stand between brackets in the text: the numbers of sources, and their ids. */
export const citedBy = (list: readonly Source[]): readonly string[] => [
  ...new Set(list.flatMap(({ id }, index) => [String(index + 1), id])),
];

/** Around a number in the text: leads to its source. */
export function citation(name: string, show: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'cite';
  button.ariaLabel = name;
  button.addEventListener('click', show);
  return button;
}

/** -1 where there is none. An id counts before a number. */
export function indexOfSource(list: readonly Source[], label: string): number {
  const index = list.findIndex(({ id }) => id === label);
  return index < 0 && /^\d{1,3}$/.test(label) ? Number(label) - 1 : index;
}

/** Brings a source of a reply into view, and the focus to it. */
export function showSource(prose: Element, index: number): void {
  const listed = prose.closest('.message')?.querySelectorAll<HTMLElement>('.sources li')[index];
  listed?.scrollIntoView({ block: 'nearest' });
  (listed?.querySelector('a') ?? listed)?.focus({ preventScroll: true });
}
