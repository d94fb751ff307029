import { languageTag } from '../strings-format.js';

/** The language an element is in: of its nearest ancestor that names one, else the visitor's. */
export const languageOf = (element: Element): string =>
  languageTag(element.closest<HTMLElement>('[lang]')?.lang || navigator.language);
