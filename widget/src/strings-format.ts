/** Of the few languages of a page: each update asks. */
const tags = new Map<string, string>();

/** A language that `Intl` takes; English for what is none: "C" (WebKitGTK's default), or whatever a page has written. */
export function languageTag(named: string): string {
  const known = tags.get(named);
  if (known !== undefined) return known;
  let tag = 'en';
  try {
    tag = canonicalTag(named);
  } catch {
    // It stays English.
  }
  tags.set(named, tag);
  return tag;
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

/** By language. To make them costs far more than to use them, and a reply may have fifty tables that are summed up. */
const formats = new Map<string, { readonly number: Intl.NumberFormat; readonly plural: Intl.PluralRules }>();

function formatsOf(language: string) {
  const known = formats.get(language);
  if (known) return known;
  const made = { number: new Intl.NumberFormat(language), plural: new Intl.PluralRules(language) };
  formats.set(language, made);
  return made;
}

/**
 * Fills the places of a string: numbers and plurals as the language wants them. A place without a value stays visible, so
 * that it is noticed.
 */
export function format(text: string, values: FormatValues, language: string): string {
  return text.replace(PLACE, (place, name: string, forms: string | undefined) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return place;
    if (typeof value === 'string') return value;
    const known = formatsOf(language);
    const number = known.number.format(value);
    if (forms === undefined) return number;
    const category = known.plural.select(value);
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
