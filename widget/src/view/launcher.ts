import { html, nothing, type TemplateResult } from 'lit';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import { ICONS } from './icons.js';

export interface LauncherView {
  readonly strings: Strings;
  readonly isOpen: boolean;
  /** Replies that have come while it was closed. */
  readonly unread: number;
  readonly onPress: () => void;
}

/** The button of the floating mode. A popover, so that it stands above the page wherever the element is. */
export function launcher({ strings, isOpen, unread, onPress }: LauncherView): TemplateResult {
  const values = { count: unread };
  const closedLabel = unread > 0 ? format(strings.openUnread, values, strings.lang) : strings.open;
  return html`
    <button
      type="button"
      class="launcher"
      part="launcher"
      popover="manual"
      aria-haspopup="dialog"
      aria-expanded=${isOpen ? 'true' : 'false'}
      aria-label=${isOpen ? strings.close : closedLabel}
      @click=${onPress}
    >
      ${isOpen ? ICONS.chevron : html`<slot name="launcher-icon">${ICONS.chat}</slot>`}
      ${
        unread > 0 && !isOpen
          ? html`<span class="badge" part="badge" aria-hidden="true">${format('{count}', values, strings.lang)}</span>`
          : nothing
      }
    </button>
  `;
}
