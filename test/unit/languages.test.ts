import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { completeStrings, ENGLISH, type StringKey, type Strings } from '../../widget/src/strings.js';
import { canonicalTag, format, formatCountdown } from '../../widget/src/strings-format.js';
import { LANGUAGE_TAGS } from '../../widget/src/view/language-tags.js';
import { Languages } from '../../widget/src/view/languages.js';
import { loadLanguage } from '../../widget/src/view/load-language.js';

const FOLDER = fileURLToPath(new URL('../../widget/src/languages', import.meta.url));
const KEYS = Object.keys(ENGLISH) as StringKey[];
/** Every number a count can be, and those for which languages have forms of their own. */
const INTEGERS = [...Array.from({ length: 1_000 }, (_, n) => n), 1_000, 1_000_000, 2_000_000];
const FORMS = /\{(\w+), plural,((?:\s*\w+\s*\{[^{}]*\})+)\s*\}/g;

/** The places of a text, each with whether it is a plural. */
const placesOf = (text: string) =>
  [...text.matchAll(/\{(\w+)(, plural)?[,}]/g)].map(([, name, plural]) => `${name}${plural ?? ''}`).toSorted();

const categoriesOf = (forms: string) => [...forms.matchAll(/(\w+)\s*\{/g)].map(([, category]) => category);

test('each language is a file, and each file a language', () => {
  const files = readdirSync(FOLDER).map((name) => name.replace(/\.ts$/, ''));
  expect(files.toSorted()).toEqual([...LANGUAGE_TAGS].toSorted());
  expect(LANGUAGE_TAGS.length).toBeGreaterThanOrEqual(16);
});

describe.each([...LANGUAGE_TAGS])('%s', async (tag) => {
  const { STRINGS } = await loadLanguage(tag);

  test('says all there is to say, and names itself', () => {
    expect(Object.keys(STRINGS)).toEqual(KEYS);
    expect(STRINGS.lang).toBe(tag);
    expect(STRINGS.dir).toBe(tag === 'ar' || tag === 'he' ? 'rtl' : 'ltr');
  });

  test('has whole texts, with the places of the English ones', () => {
    for (const key of KEYS) {
      const text = STRINGS[key];
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toMatch(/^$|[<>]|\.\.\.| {2}/);
      expect(placesOf(text), key).toEqual(placesOf(ENGLISH[key]));
    }
  });

  test('has the plural forms the language has, and no other', () => {
    const rules = new Intl.PluralRules(tag);
    const needed = new Set(INTEGERS.map((n) => rules.select(n)));
    for (const key of KEYS) {
      for (const [, name, forms = ''] of STRINGS[key].matchAll(FORMS)) {
        const given = categoriesOf(forms);
        expect(given, `${key}, {${name}}`).toEqual(expect.arrayContaining([...needed, 'other']));
        expect(rules.resolvedOptions().pluralCategories, `${key}, {${name}}`).toEqual(expect.arrayContaining(given));
        expect(given.length, `${key}, {${name}}`).toBe(new Set(given).size);
      }
    }
  });

  test('leaves no place open, whatever the number', () => {
    for (const key of KEYS) {
      const names = [...STRINGS[key].matchAll(/\{(\w+)[,}]/g)].map(([, name = '']) => name);
      for (const n of [0, 1, 2, 3, 5, 11, 21, 100, 1_000_000]) {
        const values = Object.fromEntries(names.map((name) => [name, n]));
        expect(format(STRINGS[key], values, STRINGS.lang), key).not.toMatch(/[{}#]/);
      }
    }
  });

  test('is a translation', () => {
    const same = KEYS.filter((key) => key !== 'dir' && key !== 'titleAndText' && STRINGS[key] === ENGLISH[key]);
    expect(same.length, same.join(', ')).toBeLessThan(8);
  });
});

describe('texts', () => {
  test('come one by one from the last table that has them, and from English where none has', () => {
    const german: Partial<Strings> = { send: 'Senden', stop: 'Halt' };
    const broken = { stop: undefined, copy: 7, unknown: 'x' } as unknown as Partial<Strings>;
    const strings = completeStrings(german, { send: 'Ab damit' }, broken, undefined);
    expect(strings).toEqual({ ...ENGLISH, send: 'Ab damit', stop: 'Halt' });
    expect(completeStrings({ lang: '<b>' }).lang).toBe('en');
  });
});

test('a countdown is minutes and seconds in the digits of the language', () => {
  expect([5, 18, 75, 6_000].map((seconds) => formatCountdown(seconds, 'en'))).toEqual([
    '0:05',
    '0:18',
    '1:15',
    '100:00',
  ]);
  expect(formatCountdown(18, 'ar-EG')).toBe('٠:١٨');
  expect(formatCountdown(18, 'hi-u-nu-deva')).toBe('०:१८');
});

test('a language tag is canonical, or refused by its name', () => {
  expect(canonicalTag('PT-br')).toBe('pt-BR');
  expect(() => canonicalTag('d!e')).toThrow(/^"d!e" is no language tag/);
});

describe('the languages', () => {
  const table = (send: string) => Promise.resolve({ STRINGS: { send } });

  test.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['de-CH-1996', 'de'],
    ['en-GB', 'en'],
    ['pt', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['zh', 'zh-CN'],
    ['zh-Hans', 'zh-CN'],
    ['zh-SG', 'zh-CN'],
    ['iw', 'he'],
    ['zh-TW', undefined],
    ['zh-Hant', undefined],
    ['fi', undefined],
    ['tlh', undefined],
  ])('find for %s the texts of %s', (language, tag) => {
    expect(new Languages(LANGUAGE_TAGS, loadLanguage).match(canonicalTag(language))).toBe(tag);
  });

  test('are fetched once, and again only after a failure', async () => {
    const load = vi.fn(() => table('Senden'));
    load.mockRejectedValueOnce(new Error('offline'));
    const languages = new Languages(['de'], load);
    expect(languages.table('de')).toBeUndefined();
    await expect(languages.load('de')).rejects.toThrow('offline');
    expect(languages.table('de')).toBeUndefined();
    await Promise.all([languages.load('de'), languages.load('de')]);
    await languages.load('de');
    expect(languages.table('de')).toEqual({ send: 'Senden' });
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('take what a page adds, beside what there is', async () => {
    const languages = new Languages(['de'], () => table('Senden'));
    const told = vi.fn();
    const unsubscribe = languages.subscribe(told);
    languages.add('fi', { send: 'Lähetä' });
    expect(languages.match('fi-FI')).toBe('fi');
    expect(languages.table('fi')).toEqual({ lang: 'fi', send: 'Lähetä' });
    languages.add('de', { stop: 'Halt' });
    await languages.load('de');
    expect(languages.table('de')).toEqual({ lang: 'de', send: 'Senden', stop: 'Halt' });
    unsubscribe();
    languages.add('de', { stop: 'Stopp' });
    expect(told).toHaveBeenCalledTimes(2);
  });
});
