import { html, type TemplateResult } from 'lit';
import { ICONS } from './icons.js';
import { suggestion } from './suggestions.js';
import type { View } from './view.js';

export interface EmptyView {
  readonly greeting: string;
  readonly hasSuggestions: boolean;
  /** The slot's content changed. */
  readonly onSuggestionsChange: () => void;
  readonly onSuggestion: (text: string) => void;
  /** Questions of the page's property, behind those in the slot. */
  readonly suggestions: readonly string[];
}

export function empty({ strings, headingLevel, isReadOnly }: View, options: EmptyView): TemplateResult {
  // Nothing can be asked; what the site has to say instead, it says in the slot.
  if (isReadOnly) return html`<div class="empty"><slot name="empty"></slot></div>`;
  const { greeting, hasSuggestions, onSuggestion, onSuggestionsChange, suggestions } = options;
  let isChosen = false;
  // Until the next render, which takes the suggestions away or brings the text back: one press is one question.
  const ask = (text: string) => {
    if (isChosen) return;
    isChosen = true;
    onSuggestion(text);
  };
  const choose = ({ target }: Event) => {
    const text = target instanceof Element ? target.closest('[slot="suggestions"]')?.textContent?.trim() : '';
    if (text) ask(text);
  };
  return html`
    <div class="empty">
      <slot name="empty">
        <div>
          <span class="mark" aria-hidden="true">${ICONS.mark}</span>
          <div class="hello" role="heading" aria-level=${headingLevel + 1}><bdi>${greeting}</bdi></div>
          <p><bdi>${hasSuggestions ? strings.emptyTextSuggestions : strings.emptyText}</bdi></p>
        </div>
      </slot>
      <div class="suggestions" role="group" aria-label=${strings.suggestions} ?hidden=${!hasSuggestions}>
        <slot name="suggestions" @click=${choose} @slotchange=${onSuggestionsChange}></slot>
        ${suggestions.map((text) => suggestion(text, ask))}
      </div>
    </div>
  `;
}
