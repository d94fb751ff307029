import { html, nothing, type TemplateResult } from 'lit';
import { isLiving } from '../reply/index.js';
import { ICONS } from './icons.js';
import { noticeFor } from './notices.js';
import { suggestions } from './suggestions.js';
import type { View } from './view.js';

export interface FooterView {
  readonly disclosure: string;
  readonly composer: () => TemplateResult;
  readonly onJump: () => void;
  /** Undefined where nothing can be asked. */
  readonly onSuggestion: ((text: string) => void) | undefined;
}

export function footer({ strings, turns: list, isOnline, isReadOnly, isAway }: View, options: FooterView) {
  const { disclosure, composer, onJump, onSuggestion } = options;
  const reply = list.at(-1)?.reply;
  const isEnded = reply !== undefined && noticeFor(reply, strings, 0)?.actions.includes('new-chat');
  return html`
    ${
      isAway && reply
        ? html`<button type="button" class="jump" part="jump" @click=${onJump}>
            ${isLiving(reply.phase) ? html`<span class="dot" aria-hidden="true"></span>` : nothing}
            ${strings.latest}${ICONS.down}
          </button>`
        : nothing
    }
    ${onSuggestion && reply?.phase === 'done' ? suggestions(reply.details.suggestions, strings, onSuggestion) : nothing}
    ${isOnline ? nothing : html`<p class="banner">${ICONS.offline}<span>${strings.offlineText}</span></p>`}
    ${isReadOnly ? html`<p class="locked" part="locked">${strings.readOnly}</p>` : isEnded ? nothing : composer()}
    <slot name="footer"
      >${disclosure === '' ? nothing : html`<p class="aside fine" part="disclosure">${disclosure}</p>`}</slot
    >
  `;
}
