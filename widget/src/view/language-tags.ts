/** Languages that come with the element beside English, each as a module of its own. */
export const LANGUAGE_TAGS = [
  'ar',
  'cs',
  'de',
  'es',
  'fr',
  'he',
  'hi',
  'it',
  'ja',
  'ko',
  'nl',
  'pl',
  'pt-BR',
  'ru',
  'tr',
  'uk',
  'zh-CN',
] as const;

export type LanguageTag = (typeof LANGUAGE_TAGS)[number];
