import { html, nothing, type SVGTemplateResult, type TemplateResult } from 'lit';
import { isLiving, type Rating, type ShownReply, type Turn } from '../reply/index.js';
import { format } from '../strings-format.js';
import { ICONS } from './icons.js';
import type { ShownVariant } from './reply-variants.js';
import type { View } from './view.js';

/** What can be done with a message, as the attribute `actions` names it. */
export type MessageAction = 'copy' | 'retry' | 'feedback' | 'edit';

const ACTIONS: readonly MessageAction[] = ['copy', 'retry', 'feedback', 'edit'];

/** The attribute's words; one that is none is told to the console and left out. */
export function messageActions(words: string, warn: (message: string) => void): ReadonlySet<MessageAction> {
  const actions = new Set<MessageAction>();
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const action = ACTIONS.find((known) => known === word);
    if (action) actions.add(action);
    else warn(`actions="${words}" has an unknown word "${word}". Use ${ACTIONS.join(', ')}.`);
  }
  return actions;
}

/** The way from an action's button to what it does. */
export interface MessageActionsView {
  readonly allowed: ReadonlySet<MessageAction>;
  /** What the visitor thinks of a reply. */
  ratingOf(reply: ShownReply): Rating | undefined;
  /** The server did not take the last vote on it. */
  voteFailed(reply: ShownReply): boolean;
  onRate(rating: Rating, reply: ShownReply): void;
  onRegenerate(): void;
  onVariant(turn: Turn, index: number): void;
}

/** What can be done with a reply that is over: all of it with the last one, and nothing while it comes. */
export function messageTools(
  turn: Turn,
  shown: ShownVariant,
  isLast: boolean,
  view: View,
): TemplateResult | typeof nothing {
  const { strings, actions, copies } = view;
  const { reply, count } = shown;
  if (isLiving(turn.reply.phase) || turn.reply.phase === 'idle') return nothing;
  const isFinished = reply.phase === 'done' || reply.phase === 'stopped';
  const may = (action: MessageAction) => isFinished && actions.allowed.has(action);
  const isCopied = copies.get(reply);
  const hasText = reply.text !== '';
  const rating = actions.ratingOf(reply);
  const vote = (value: Rating, label: string) =>
    html`<button
      type="button"
      class="action ${value}"
      aria-label=${label}
      aria-pressed=${rating === value ? 'true' : 'false'}
      @click=${() => actions.onRate(value, reply)}
    >
      ${ICONS.thumb}
    </button>`;
  const buttons = [
    may('copy') && hasText
      ? tool(isCopied ? strings.copied : strings.copy, isCopied ? ICONS.check : ICONS.copy, () =>
          view.onAction('copy', reply),
        )
      : undefined,
    may('feedback') && reply.messageId !== undefined
      ? [vote('up', strings.good), vote('down', strings.bad)]
      : undefined,
    may('retry') && isLast && !view.isReadOnly
      ? tool(strings.retry, ICONS.retry, () => actions.onRegenerate())
      : undefined,
    count > 1 ? pager(turn, shown, view) : undefined,
  ].filter((button) => button !== undefined);
  if (buttons.length === 0) return nothing;
  return html`
    <div class="tools ${isLast ? 'last' : ''}" role="group" aria-label=${strings.messageActions}>
      ${buttons}
      ${isFinished && isCopied === false ? html`<p class="aside"><bdi>${strings.copyFailed}</bdi></p>` : nothing}
      ${actions.voteFailed(reply) ? html`<p class="aside"><bdi>${strings.feedbackFailed}</bdi></p>` : nothing}
    </div>
  `;
}

export const tool = (label: string, icon: SVGTemplateResult, press: () => void): TemplateResult =>
  html`<button type="button" class="action" aria-label=${label} @click=${press}>${icon}</button>`;

/** The answers of one question: "Reply 2 of 3", and the ways to the others. */
function pager(turn: Turn, { index, count }: ShownVariant, { strings, actions }: View) {
  const step = (label: string, to: number, direction: 'back' | 'forth') => {
    const isEnd = to < 0 || to >= count;
    return html`<button
      type="button"
      class="action ${direction}"
      aria-label=${label}
      aria-disabled=${isEnd ? 'true' : nothing}
      @click=${() => isEnd || actions.onVariant(turn, to)}
    >
      ${ICONS.next}
    </button>`;
  };
  return html`<span class="pager">
    ${step(strings.previousVariant, index - 1, 'back')}
    <span class="place">${format(strings.variant, { index: index + 1, count }, strings.lang)}</span>
    ${step(strings.nextVariant, index + 1, 'forth')}
  </span>`;
}
