/** A language that `Intl` takes; English for what is none: "C" (WebKitGTK's default), or whatever a page has written. */
export function languageTag(named: string): string {
  try {
    return canonicalTag(named);
  } catch {
    return 'en';
  }
}

/** @throws {RangeError} where it is no language tag. */
export function canonicalTag(named: string): string {
  try {
    return new Intl.Locale(named).toString();
  } catch (cause) {
    throw new RangeError(`"${named}" is no language tag. Use one such as "de" or "pt-BR".`, { cause });
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
export function format(text: string, values: FormatValues, language: string): string {
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

/** Seconds as m:ss, in the digits of the language. */
export function formatCountdown(seconds: number, language: string): string {
  const minutes = new Intl.NumberFormat(language, { useGrouping: false }).format(Math.floor(seconds / 60));
  const rest = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 }).format(seconds % 60);
  return `${minutes}:${rest}`;
}
