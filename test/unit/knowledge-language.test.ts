import { describe, expect, test } from 'vitest';
import { loadLanguage } from '../../server/src/knowledge/language.js';

describe('a language', () => {
  test.each([
    ['en', 'returns', 'returning'],
    ['de', 'Rücksendungen', 'Rücksendung'],
    ['fr', "l'échange", 'échanges'],
    ['es', 'devoluciones', 'devolución'],
    ['pt-BR', 'devoluções', 'devolução'],
    ['ru', 'размеры', 'размер'],
  ])('brings words to one stem: %s, %s, %s', async (tag, one, other) => {
    const language = await loadLanguage(tag);
    const stems = (text: string) => language.words(text).map((word) => language.stem(word));
    expect(stems(one)).toEqual(stems(other));
    expect(stems(one)[0]).toBeTruthy();
  });

  test('without spaces is cut into its words', async () => {
    expect((await loadLanguage('ja')).words('返品の送料は無料です')).toEqual(
      expect.arrayContaining(['返品', '送料', '無料']),
    );
  });

  test('leaves its stop words out, apostrophes and all', async () => {
    const language = await loadLanguage('en');
    const kept = language.words("I don't know what's in it; shop’s e-mail").filter((word) => language.stem(word));
    expect(kept).toEqual(['shop', 'email', 'mail']);
  });
});
