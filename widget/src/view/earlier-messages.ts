import { html, nothing, type TemplateResult } from 'lit';
import type { View } from './view.js';

/** What stands above the first message: the way to those before it, or that there are none. */
export function earlierMessages({ strings, earlier, onEarlier }: View): TemplateResult | typeof nothing {
  switch (earlier) {
    case 'none':
      return nothing;
    case 'start':
      return html`<li class="earlier aside">${strings.start}</li>`;
    case 'more':
    case 'loading':
    case 'failed': {
      const isLoading = earlier === 'loading';
      return html`<li class="earlier">
        ${earlier === 'failed' ? html`<p class="aside"><bdi>${strings.earlierFailed}</bdi></p>` : nothing}
        <button type="button" class="button" aria-disabled=${isLoading ? 'true' : nothing} @click=${onEarlier}>
          ${isLoading ? strings.loadingEarlier : strings.earlier}
        </button>
      </li>`;
    }
  }
}
