import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isLiving, isRefused, type ShownReply, type Turn } from '../reply/index.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import { ICONS } from './icons.js';
import { type Notice, type NoticeAction, noticeFor } from './notices.js';
import { type ProseOptions, streamingText } from './streaming-text.js';

/** What the templates show, and whom they tell. */
export interface View {
  readonly strings: Strings;
  /** Who answers: the heading. */
  readonly name: string;
  readonly turns: readonly Turn[];
  readonly headingLevel: number;
  readonly isOnline: boolean;
  /** On the conversation's clock, for countdowns. */
  readonly now: number;
  /** The end of the conversation is out of view. */
  readonly isAway: boolean;
  /** The stored messages are being fetched. */
  readonly isLoading: boolean;
  readonly isReadOnly: boolean;
  readonly prose: ProseOptions;
  /** Replies whose notice the page keeps away. */
  readonly silenced: WeakSet<ShownReply>;
  /** Replies that were copied, or could not be. */
  readonly copies: WeakMap<ShownReply, boolean>;
  /** Words were written to the page, which took so long. */
  readonly onCommit: (durationMs: number) => void;
  /** A message that waits for a network is wanted back. */
  readonly onTakeBack: (turn: Turn) => void;
  readonly onAction: (action: NoticeAction, reply: ShownReply) => void;
}

export function header(view: View, onNewChat: () => void): TemplateResult {
  const { strings, name, headingLevel, turns, isReadOnly } = view;
  const [tone, status] = statusOf(view);
  return html`
    <div class="header" part="header">
      <span class="mark" part="mark" aria-hidden="true"><slot name="mark">${ICONS.mark}</slot></span>
      <div class="who">
        <div class="title" part="title" role="heading" aria-level=${headingLevel}>${name}</div>
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
    </div>
  `;
}

export interface EmptyView {
  readonly greeting: string;
  readonly hasSuggestions: boolean;
  /** The slot's content changed. */
  readonly onSuggestionsChange: () => void;
  readonly onSuggestion: (text: string) => void;
}

export function empty({ strings, headingLevel }: View, options: EmptyView): TemplateResult {
  const { greeting, hasSuggestions, onSuggestion, onSuggestionsChange } = options;
  let isChosen = false;
  const choose = ({ target }: Event) => {
    const text = target instanceof Element ? target.closest('[slot="suggestions"]')?.textContent?.trim() : '';
    // Until the next render, which takes the suggestions away or brings the text back: one press is one question.
    if (!text || isChosen) return;
    isChosen = true;
    onSuggestion(text);
  };
  return html`
    <div class="empty">
      <slot name="empty">
        <div>
          <span class="mark" aria-hidden="true">${ICONS.mark}</span>
          <div class="hello" role="heading" aria-level=${headingLevel + 1}>${greeting}</div>
          <p>${hasSuggestions ? strings.emptyTextSuggestions : strings.emptyText}</p>
        </div>
      </slot>
      <div class="suggestions" role="group" aria-label=${strings.suggestions} ?hidden=${!hasSuggestions}>
        <slot name="suggestions" @click=${choose} @slotchange=${onSuggestionsChange}></slot>
      </div>
    </div>
  `;
}

export interface FooterView {
  readonly disclosure: string;
  readonly composer: () => TemplateResult;
  readonly onJump: () => void;
}

export function footer({ strings, turns: list, isOnline, isReadOnly, isAway }: View, options: FooterView) {
  const { disclosure, composer, onJump } = options;
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
    ${isOnline ? nothing : html`<p class="banner">${ICONS.offline}<span>${strings.offlineText}</span></p>`}
    ${isReadOnly ? html`<p class="locked" part="locked">${strings.readOnly}</p>` : isEnded ? nothing : composer()}
    <slot name="footer"
      >${disclosure === '' ? nothing : html`<p class="fine" part="disclosure">${disclosure}</p>`}</slot
    >
  `;
}

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

function noticeBox(notice: Notice, { reply }: Turn, { strings, turns: list, copies, onAction }: View) {
  const { tone, title, text, reference, progress } = notice;
  // Only the newest reply can be gone on with: an older one has been answered over.
  const isNewest = list.at(-1)?.reply === reply;
  const actions = notice.actions.filter((action) => isNewest || action === 'copy');
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
      ${tone === 'plain' ? ICONS.lock : tone === 'danger' ? ICONS.alert : actions.length > 0 ? ICONS.retry : ICONS.wait}
      <div>
        <p class="what">${title}</p>
        <p class="means">${text}</p>
      </div>
      ${progress === undefined ? nothing : html`<progress aria-hidden="true" max="1" .value=${progress}></progress>`}
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
              ${isCopied === false ? html`<p class="means">${strings.copyFailed}</p>` : nothing}
            </div>`
      }
      ${reference === undefined ? nothing : html`<p class="reference">${reference}</p>`}
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
      return ['warn', strings.statusReconnecting];
    default:
      return isLoading ? ['busy', strings.statusConnecting] : ['', strings.statusReady];
  }
}
