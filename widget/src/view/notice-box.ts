import { html, nothing } from 'lit';
import type { Turn } from '../reply/index.js';
import { ICONS } from './icons.js';
import type { Notice, NoticeAction } from './notices.js';
import type { View } from './view.js';

export function noticeBox(notice: Notice, { reply }: Turn, view: View) {
  const { strings, turns: list, isReadOnly, copies, onAction } = view;
  const { tone, title, text, reference, progress } = notice;
  // Only the newest reply can be gone on with: an older one has been answered over.
  const isNewest = list.at(-1)?.reply === reply;
  // A conversation that can only be read is not gone on with; a reply that is running is.
  const canGoOn = (action: NoticeAction) => isNewest && (!isReadOnly || action === 'reconnect');
  const actions = notice.actions.filter((action) => canGoOn(action) || action === 'copy');
  const isCopied = copies.get(reply);
  const labels: { readonly [action in NoticeAction]: string } = {
    retry: strings.retry,
    copy: isCopied ? strings.copied : strings.copy,
    reconnect: strings.reconnectNow,
    'new-chat': strings.startNew,
  };
  const isPrimary = (action: NoticeAction) => action === 'retry' || action === 'new-chat';
  return html`
    <div class="note ${tone}" part="notice">
      ${tone === 'plain' ? ICONS.lock : tone === 'danger' ? ICONS.alert : actions.length > 0 ? ICONS.retry : ICONS.clock}
      <div>
        <p class="what"><bdi>${title}</bdi></p>
        <p class="means"><bdi>${text}</bdi></p>
      </div>
      ${progress === undefined ? nothing : html`<div class="timer"><div .style=${`inline-size: ${progress * 100}%`}></div></div>`}
      ${
        actions.length === 0
          ? nothing
          : html`<div class="ways">
              ${actions.map(
                (action) =>
                  html`<button
                    type="button"
                    class="button ${isPrimary(action) ? 'primary' : ''}"
                    @click=${() => onAction(action, reply)}
                  >
                    ${action === 'retry' ? ICONS.retry : nothing}${labels[action]}
                  </button>`,
              )}
              ${isCopied === false ? html`<p class="means"><bdi>${strings.copyFailed}</bdi></p>` : nothing}
            </div>`
      }
      ${reference === undefined ? nothing : html`<p class="reference">${reference}</p>`}
    </div>
  `;
}
