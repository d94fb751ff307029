import type { Strings } from '../strings.js';
import type { LanguageTag } from './language-tags.js';

type Load = () => Promise<{ readonly STRINGS: Strings }>;

const LOADERS: { readonly [tag in LanguageTag]: Load } = {
  ar: () => import('../languages/ar.js'),
  cs: () => import('../languages/cs.js'),
  de: () => import('../languages/de.js'),
  es: () => import('../languages/es.js'),
  fr: () => import('../languages/fr.js'),
  he: () => import('../languages/he.js'),
  hi: () => import('../languages/hi.js'),
  it: () => import('../languages/it.js'),
  ja: () => import('../languages/ja.js'),
  ko: () => import('../languages/ko.js'),
  nl: () => import('../languages/nl.js'),
  pl: () => import('../languages/pl.js'),
  'pt-BR': () => import('../languages/pt-BR.js'),
  ru: () => import('../languages/ru.js'),
  tr: () => import('../languages/tr.js'),
  uk: () => import('../languages/uk.js'),
  'zh-CN': () => import('../languages/zh-CN.js'),
};

/** The texts of a language: fetched when an element first needs them. */
export const loadLanguage = (tag: LanguageTag) => LOADERS[tag]();
