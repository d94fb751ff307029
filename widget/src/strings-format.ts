/** A language that `Intl` takes; English for what is none: "C" (WebKitGTK's default), or whatever a page has written. */
export function languageTag(named: string): string {
  try {
    return Intl.getCanonicalLocales(named)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** Values for the places of a string. */
export type FormatValues = Readonly<Record<string, string | number>>;

/** `{name}`, or `{name, plural, one {# line} other {# lines}}` (ICU MessageFormat's plural, without its offset and `=n`). */
const PLACE = /\{(\w+)(?:, plural,((?:\s*\w+\s*\{[^{}]*\})+)\s*)?\}/g;
const FORM = /(\w+)\s*\{([^{}]*)\}/g;

/**
 * Fills the places of a string: numbers and plurals as the language wants them. A place without a value stays visible, so
 * that it is noticed.
 */
export function format(text: string, values: FormatValues, language = 'en'): string {
  return text.replace(PLACE, (place, name: string, forms: string | undefined) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return place;
    if (typeof value === 'string') return value;
    const number = new Intl.NumberFormat(language).format(value);
    if (forms === undefined) return number;
    const category = new Intl.PluralRules(language).select(value);
    const byCategory = new Map([...forms.matchAll(FORM)].map(([, key = '', form = '']) => [key, form]));
    // A language has the forms it needs; `other` is in each.
    return (byCategory.get(category) ?? byCategory.get('other') ?? place).replaceAll('#', number);
  });
}
