import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { isLiving, type Turn } from '../reply/index.js';
import { format } from '../strings-format.js';
import { ICONS } from './icons.js';
import { messageTools } from './message-actions.js';
import { noticeBox } from './notice-box.js';
import { noticeFor } from './notices.js';
import { sources } from './sources.js';
import { streamingText } from './streaming-text.js';
import type { View } from './view.js';

/**
 * A reply: its words, what is the matter with it, and what can be done. The words are alone in an element: as soon as
 * something came behind them, and they were the last child no more, all blocks of theirs would be styled and laid out anew.
 */
export function answer(turn: Turn, view: View) {
  const { strings, language, name, headingLevel, now, isLoading, silenced, prose, onCommit } = view;
  const shown = view.variants.of(turn);
  const { reply } = shown;
  const isLast = view.turns.at(-1)?.key === turn.key;
  // What this browser remembers as interrupted may be running, or whole: the server is being asked.
  const isUnsure = isLoading && reply.phase === 'interrupted';
  const notice = isUnsure || silenced.has(reply) ? undefined : noticeFor(reply, strings, now);
  const isThinking = isLiving(reply.phase) && reply.phase !== 'reconnecting' && reply.text === '';
  return html`
    <li
      class="message answer ${reply.phase}"
      part="message message-assistant"
      @click=${(event: Event) => view.onPress(event, reply)}
    >
      <div class="visually-hidden" role="heading" aria-level=${headingLevel + 1}>
        ${format(strings.botSaid, { name }, strings.lang)}
      </div>
      <div lang=${language}>${keyed(shown.index, streamingText(reply, prose, onCommit))}</div>
      ${sources(reply, view)}
      ${
        isThinking
          ? html`<p class="pending">
              <span class="orbs" aria-hidden="true"><i></i><i></i><i></i></span><bdi>${strings.thinking}</bdi>
            </p>`
          : nothing
      }
      ${
        reply.phase === 'stopped'
          ? html`<p class="cut-short"
              >${ICONS.stop}<bdi>${reply.isStoppedHere ? strings.stopped : strings.stoppedEarly}</bdi></p
            >`
          : nothing
      }
      ${
        view.isBackOnline(reply)
          ? html`<div class="note ok" part="notice"
              >${ICONS.check}<p class="what"><bdi>${strings.reconnected}</bdi></p></div
            >`
          : nothing
      }
      ${notice ? noticeBox(notice, { ...turn, reply }, view) : nothing} ${messageTools(turn, shown, isLast, view)}
    </li>
  `;
}
