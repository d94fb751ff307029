import { html, nothing, type TemplateResult } from 'lit';
import { ICONS } from './icons.js';
import type { View } from './view.js';

/** `onClose`: of a panel that can be closed, whose title the focus may go to. */
export function header(view: View, onNewChat: () => void, onClose?: () => void): TemplateResult {
  const { strings, name, headingLevel, turns, isReadOnly } = view;
  const [tone, status] = statusOf(view);
  return html`
    <div class="header" part="header">
      <span class="mark" part="mark" aria-hidden="true"><slot name="mark">${ICONS.mark}</slot></span>
      <div class="who">
        <div
          class="title"
          id="title"
          part="title"
          role="heading"
          aria-level=${headingLevel}
          tabindex=${onClose ? -1 : nothing}
          >${name}</div
        >
        <p class="status ${tone}" part="status"><span class="dot" aria-hidden="true"></span><span>${status}</span></p>
      </div>
      <slot name="header-actions"></slot>
      ${
        turns.length === 0 || isReadOnly
          ? nothing
          : html`<button type="button" class="icon" aria-label=${strings.newChat} @click=${onNewChat}>
              ${ICONS.newChat}
            </button>`
      }
      ${
        onClose
          ? html`<button type="button" class="icon" aria-label=${strings.close} @click=${onClose}
              >${ICONS.close}</button
            >`
          : nothing
      }
    </div>
  `;
}

/** Colour and word of the status line. */
function statusOf({
  strings,
  turns: list,
  isOnline,
  isLoading,
}: View): readonly [tone: '' | 'busy' | 'warn', text: string] {
  const reply = list.at(-1)?.reply;
  if (!isOnline) return ['warn', strings.statusOffline];
  switch (reply?.phase) {
    case 'connecting':
      return ['busy', reply.isHeldBack ? strings.statusSlow : strings.statusThinking];
    case 'streaming':
      if (reply.isHeldBack) return ['busy', strings.statusSlow];
      return ['busy', reply.text === '' ? strings.statusThinking : strings.statusReplying];
    case 'reconnecting':
      // The line is well; the server wants a pause.
      if (reply.error?.code === 'rate_limited') return ['', strings.statusReady];
      return ['warn', strings.statusReconnecting];
    default:
      return isLoading ? ['busy', strings.statusConnecting] : ['', strings.statusReady];
  }
}
