import { html, nothing, type TemplateResult } from 'lit';
import type { Strings } from '../strings.js';
import { fadingRow } from './fading-row.js';

/** More would be a list to read. The sheet holds those of a slot to as many. */
const MOST = 4;

/** Those that can be sent, as many as are shown; `before`: how many stand before them. */
export const suggestionsOf = (questions: unknown, before = 0): readonly string[] =>
  (Array.isArray(questions) ? questions : [])
    .filter((text): text is string => typeof text === 'string' && text.trim() !== '')
    .slice(0, Math.max(0, MOST - before));

/** Questions to send with one press. */
export function suggestions(
  questions: readonly string[],
  strings: Strings,
  onSuggestion: (text: string) => void,
): TemplateResult | typeof nothing {
  const shown = suggestionsOf(questions);
  if (shown.length === 0) return nothing;
  return html`
    <div class="suggestions" role="group" aria-label=${strings.suggestions} ${fadingRow()}>
      ${shown.map((text) => suggestion(text, onSuggestion))}
    </div>
  `;
}

/** One of them, as it looks like those of a page. */
export const suggestion = (text: string, onSuggestion: (text: string) => void): TemplateResult =>
  html`<button type="button" class="suggestion" dir="auto" @click=${() => onSuggestion(text)}>${text}</button>`;
