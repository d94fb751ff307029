import { html, nothing, type TemplateResult } from 'lit';
import { isLiving } from '../reply/index.js';
import { ICONS } from './icons.js';
import { isMisconfigured, noticeFor } from './notices.js';
import { suggestions } from './suggestions.js';
import type { View } from './view.js';

export interface FooterView {
  readonly disclosure: string;
  /** Closed: no message can reach the server until the site is mended. */
  readonly composer: (isClosed: boolean) => TemplateResult;
  readonly onJump: () => void;
  /** Undefined where nothing can be asked. */
  readonly onSuggestion: ((text: string) => void) | undefined;
}

export function footer(view: View, options: FooterView) {
  const { strings, turns: list, editor, isOnline, isReadOnly, isAway, silenced } = view;
  const { disclosure, composer, onJump, onSuggestion } = options;
  const reply = list.at(-1)?.reply;
  const isEnded = reply !== undefined && noticeFor(reply, strings, 0)?.actions.includes('new-chat');
  // Where the page keeps the notice away, nothing would say why.
  const isClosed = reply !== undefined && !silenced.has(reply) && isMisconfigured(reply);
  return html`
    ${
      // In a low window it would cover the buttons of a message that is being changed.
      isAway && reply && !list.some((turn) => editor.isAt(turn))
        ? html`<button type="button" class="jump" part="jump" @click=${onJump}>
            ${isLiving(reply.phase) ? html`<span class="dot" aria-hidden="true"></span>` : nothing}
            ${strings.latest}${ICONS.down}
          </button>`
        : nothing
    }
    ${onSuggestion && reply?.phase === 'done' ? suggestions(reply.details.suggestions, strings, onSuggestion) : nothing}
    ${isOnline ? nothing : html`<p class="banner">${ICONS.offline}<bdi>${strings.offlineText}</bdi></p>`}
    ${isReadOnly ? html`<p class="locked" part="locked"><bdi>${strings.readOnly}</bdi></p>` : isEnded ? nothing : composer(isClosed)}
    <slot name="footer"
      >${disclosure === '' ? nothing : html`<p class="aside fine" part="disclosure" dir="auto">${disclosure}</p>`}</slot
    >
  `;
}
