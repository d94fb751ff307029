import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isLiving, isRefused, questionIdOf, type Turn } from '../reply/index.js';
import { answer } from './answer.js';
import { dayLines } from './day-lines.js';
import { earlierMessages } from './earlier-messages.js';
import { ICONS } from './icons.js';
import type { View } from './view.js';

export function turns(view: View): TemplateResult {
  const days = dayLines(view.turns, view.strings, view.strings.lang, Date.now());
  return html`
    <ol class="turns ${view.isAway ? 'away' : ''}" role="list">
      ${earlierMessages(view)}
      ${repeat(
        view.turns,
        ({ key }) => key,
        (turn) => [
          days.has(turn.key) ? html`<li class="day">${days.get(turn.key)}</li>` : nothing,
          isRefused(turn) ? nothing : question(turn, view),
          turn.reply.phase === 'idle' ? nothing : answer(turn, view),
        ],
      )}
    </ol>
  `;
}

function question(turn: Turn, view: View) {
  const { strings, language, headingLevel, editor, onTakeBack } = view;
  const isEditing = editor.isAt(turn);
  return html`
    <li class="message question ${isEditing ? 'editing' : ''}" part="message message-user">
      <div class="visually-hidden" role="heading" aria-level=${headingLevel + 1}>${strings.youSaid}</div>
      ${
        isEditing
          ? editor.render()
          : html`<div class="bubble" part="bubble" lang=${language} dir="auto">${turn.question}</div>
              ${pen(turn, view)}`
      }
      ${
        turn.reply.phase === 'idle'
          ? html`<p class="aside queued">
              ${ICONS.clock}${strings.queued}
              <button type="button" class="take-back" @click=${() => onTakeBack(turn)}>${strings.takeBack}</button>
            </p>`
          : nothing
      }
    </li>
  `;
}

/** The way to change a message: one the server has, and while no reply is coming. */
function pen(turn: Turn, { strings, turns: list, actions, editor }: View) {
  const last = list.at(-1);
  const may = actions.allowed.has('edit') && !editor.isClosed && questionIdOf(turn) !== undefined;
  if (!may || !last || isLiving(last.reply.phase)) return nothing;
  return html`<button
    type="button"
    class="action pen ${turn.key === last.key ? 'last' : ''}"
    aria-label=${strings.edit}
    @click=${() => editor.begin(turn)}
  >
    ${ICONS.edit}
  </button>`;
}
