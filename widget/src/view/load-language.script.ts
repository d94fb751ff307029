import type { Strings } from '../strings.js';
import { importBesideScript } from './import-beside-script.js';
import type { LanguageTag } from './language-tags.js';

/** Takes the place of load-language.ts in the script-tag file. */
export const loadLanguage = (tag: LanguageTag) =>
  importBesideScript(`languages/${tag}.js`) as Promise<{ readonly STRINGS: Strings }>;
