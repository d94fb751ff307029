import { LANGUAGE_TAGS } from './language-tags.js';
import { Languages } from './languages.js';
import { loadLanguage } from './load-language.js';

/** All elements of a page share what was loaded, and what the page has added. */
export const pageLanguages = new Languages(LANGUAGE_TAGS, loadLanguage);
