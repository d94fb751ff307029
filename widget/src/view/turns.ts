import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isLiving, isRefused, type Turn } from '../reply/index.js';
import { format } from '../strings-format.js';
import { ICONS } from './icons.js';
import { noticeBox } from './notice-box.js';
import { noticeFor } from './notices.js';
import { streamingText } from './streaming-text.js';
import type { View } from './view.js';

export const turns = (view: View): TemplateResult => html`
  <ol class="turns ${view.isAway ? 'away' : ''}" role="list">
    ${repeat(
      view.turns,
      ({ key }) => key,
      (turn) => [
        isRefused(turn) ? nothing : question(turn, view),
        turn.reply.phase === 'idle' ? nothing : answer(turn, view),
      ],
    )}
  </ol>
`;

const question = (turn: Turn, { strings, headingLevel, onTakeBack }: View) => html`
  <li class="message user" part="message message-user">
    <div class="visually-hidden" role="heading" aria-level=${headingLevel + 1}>${strings.youSaid}</div>
    <div class="bubble" part="bubble" dir="auto">${turn.question}</div>
    ${
      turn.reply.phase === 'idle'
        ? html`<p class="queued">
            ${ICONS.clock}${strings.queued}
            <button type="button" class="take-back" @click=${() => onTakeBack(turn)}>${strings.takeBack}</button>
          </p>`
        : nothing
    }
  </li>
`;

function answer(turn: Turn, view: View) {
  const { strings, name, headingLevel, now, isLoading, silenced, prose, onCommit } = view;
  const { reply } = turn;
  // What this browser remembers as interrupted may be running, or whole: the server is being asked.
  const isUnsure = isLoading && reply.phase === 'interrupted';
  const notice = isUnsure || silenced.has(reply) ? undefined : noticeFor(reply, strings, now);
  const isThinking = isLiving(reply.phase) && reply.phase !== 'reconnecting' && reply.text === '';
  return html`
    <li class="message assistant ${reply.phase}" part="message message-assistant">
      <div class="visually-hidden" role="heading" aria-level=${headingLevel + 1}>
        ${format(strings.botSaid, { name })}
      </div>
      ${streamingText(reply, prose, onCommit)}
      ${
        isThinking
          ? html`<p class="thinking">
              <span class="orbs" aria-hidden="true"><i></i><i></i><i></i></span>${strings.thinking}
            </p>`
          : nothing
      }
      ${
        reply.phase === 'stopped'
          ? html`<p class="cut-short">${ICONS.stop}${reply.isStoppedHere ? strings.stopped : strings.stoppedEarly}</p>`
          : nothing
      }
      ${notice ? noticeBox(notice, turn, view) : nothing}
    </li>
  `;
}
