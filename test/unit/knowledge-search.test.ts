import { describe, expect, test } from 'vitest';
import { systemClock } from '../../server/src/clock.js';
import { Folder } from '../../server/src/knowledge/folder.js';
import { type Language, loadLanguage } from '../../server/src/knowledge/language.js';
import type { Passage } from '../../server/src/knowledge/page.js';
import { PassageIndex } from '../../server/src/knowledge/passage-index.js';
import { readQuestion } from '../../server/src/knowledge/question.js';
import { Vocabulary } from '../../server/src/knowledge/vocabulary.js';
import { answerFrom, bandOf } from '../../server/src/responders/knowledge-answer.js';
import { withTexts } from '../../server/src/responders/knowledge-texts.js';
import { folderWith, keptLog, passage } from '../helpers/knowledge.js';

const SHOP = [
  passage('Wetsuits › Thickness', 'In summer three millimetres are enough.'),
  passage('Wetsuits › For children', 'The small ones begin at 110 centimetres.'),
  passage('Life jackets › Buoyancy', 'Fifty newton carry an adult in calm water.'),
  passage('Life jackets › For children', 'The small ones begin at ten kilos.'),
  passage('Payment › Cards', 'We take every card.'),
  passage('Payment › Vouchers', 'A voucher is worth five years.'),
];
const indexOf = async (passages: readonly Passage[] = SHOP, synonyms: readonly (readonly string[])[] = []) =>
  PassageIndex.build(passages, await loadLanguage('en', synonyms));
const best = (index: PassageIndex, question: string, earlier: readonly string[] = []) =>
  index.find(question, earlier)[0]?.passage.id;

describe('a question that leans on the one before', () => {
  test.each([
    [['How thick are wetsuits?'], 'and for children?', 'Wetsuits › For children'],
    [['How much buoyancy has a life jacket?'], 'and for children?', 'Life jackets › For children'],
    [['How much buoyancy has a life jacket?'], 'what about those for children', 'Life jackets › For children'],
    [
      ['How thick are wetsuits?', 'How much buoyancy has a life jacket?'],
      'and for children?',
      'Life jackets › For children',
    ],
    [['How much buoyancy has a life jacket?', 'and for adults?'], 'and for children?', 'Life jackets › For children'],
    [['Do you take cards?'], 'and vouchers?', 'Payment › Vouchers'],
  ])('goes on with its topic: %j, %s', async (earlier, question, place) => {
    expect(best(await indexOf(), question, earlier)).toBe(place);
  });

  test('whose own words stand nowhere is not sure, however well the topic is known', async () => {
    const index = await indexOf();
    expect(bandOf(index.find('How thick are wetsuits for children?'))).toBe('sure');
    expect(bandOf(index.find('and for hamsters?', ['How thick are wetsuits for children?']))).not.toBe('sure');
  });

  test('is not one that has words enough of its own', async () => {
    const index = await indexOf();
    expect(
      index.find('Do you take my old card and voucher?', ['life jackets for children']).map((hit) => hit.passage.title),
    ).not.toContain('Life jackets');
  });
});

describe('what is offered to be asked next', () => {
  test('are the headings beside the answer that lead to their own passages, the next ones first', async () => {
    const passages = [
      passage('Returns › Costs', 'Free.'),
      passage('Returns › Deadline', 'Thirty days.'),
      passage('Returns › And then', 'Wait.'),
      passage('Returns › Labels', 'Print one.'),
      passage('Parcels › Labels for labels', 'Another label.'),
      passage('Labels › Labels', 'One more label.'),
    ];
    const index = await indexOf(passages);
    const answer = answerFrom(index.find('deadline'), index, withTexts(undefined), undefined);
    expect(answer.band).toBe('sure');
    expect(answer.suggestions).toEqual(['Costs']);
  });
});

describe('words that mean the same', () => {
  test('lead to each other where the owner says so, and only then', async () => {
    expect(best(await indexOf(), 'neoprene for the young')).toBeUndefined();
    const index = await indexOf(SHOP, [
      ['wetsuit', 'neoprene'],
      ['children', 'young'],
    ]);
    expect(best(index, 'neoprene for the young')).toBe('Wetsuits › For children');
  });
});

describe('a misspelt word', () => {
  const vocabulary = async () => {
    const language = await loadLanguage('en');
    const words = new Vocabulary(language);
    words.add(['delivery wetsuit return returns per children repair address price fog mastercard']);
    return { words, stem: (word: string) => language.stem(word) };
  };

  test.each([
    ['delivrey', 'delivery'],
    ['delivry', 'delivery'],
    ['wetsiut', 'wetsuit'],
    ['retrun', 'return'],
    ['retruns', 'return'],
    ['childern', 'children'],
    ['adress', 'address'],
    ['repiar', 'repair'],
    // A key beside the right one, another vowel, one letter where there are two.
    ['retirn', 'return'],
    ['wetsuet', 'wetsuit'],
    ['foging', 'fog'],
  ])('is read as the word of the site: %s', async (typo, word) => {
    const { words, stem } = await vocabulary();
    expect(words.correct(typo)).toBe(stem(word));
  });

  test('is read as the one the site uses most, of two that are as near', async () => {
    const { words, stem } = await vocabulary();
    words.add(['googles']);
    words.add(['goggles']);
    words.add(['goggles']);
    expect(words.correct('gogles')).toBe(stem('goggles'));
  });

  test.each(['peru', 'bitcoin', 'xyz', 'surfboard', '2024x', 'x'.repeat(60), 'eturn'])(
    'is left as it is when none is near: %s',
    async (word) => {
      expect((await vocabulary()).words.correct(word)).toBeUndefined();
    },
  );

  // Another letter in the same place makes another word, and so do many more behind it.
  test.each(['prime', 'privy', 'repass', 'retire', 'maste', 'mast'])(
    'is left as it is where it is a word of its own: %s',
    async (word) => {
      expect((await vocabulary()).words.correct(word)).toBeUndefined();
    },
  );
});

describe('a word that is written as two', () => {
  const stemsOf = async (question: string, passages: readonly string[]) => {
    const language = await loadLanguage('en');
    const vocabulary = new Vocabulary(language);
    for (const text of passages) vocabulary.add([text]);
    return readQuestion(question, [], language, vocabulary).terms.map(({ stem }) => stem);
  };

  test.each([
    ['lacks one of the two', ['wetsuit', 'a wet day']],
    ['has one of the two less often', ['wetsuit', 'wetsuit', 'a wet day', 'a suit', 'a suit']],
  ])('is one where the site has it so, and %s', async (_, passages) => {
    expect(await stemsOf('washing my wet suit', passages)).toEqual(['wash', 'wetsuit']);
  });

  test.each([
    ['does not have it so', ['a wet day']],
    ['has both of the two as often', ['wetsuit', 'a wet day', 'a suit']],
  ])('is two where the site %s', async (_, passages) => {
    expect(await stemsOf('washing my wet suit', passages)).toEqual(['wash', 'wet', 'suit']);
  });
});

describe('two words that are written as one', () => {
  test('are looked for as the two, and less surely', async () => {
    const index = await indexOf([
      passage('Parcels › Gifts', 'We wrap a gift in sail cloth, with a card. Wrapping costs little.'),
    ]);
    const [hit] = index.find('giftwrapping');
    expect(hit?.passage.headings).toEqual(['Gifts']);
    expect(hit?.coverage).toBe(0.5);
    expect(index.find('giftsail cloth')[0]?.coverage).toBeGreaterThan(0.5);
    expect(index.find('ofsail')).toEqual([]);
  });
});

describe('forms of a word that no stemmer brings together', () => {
  test.each([
    ['I wore it once', 'Worn things'],
    ['who bought it', 'To buy a suit'],
    ['my feet', 'Foot sizes'],
  ])('count as the word: %s', async (question, heading) => {
    const index = await indexOf(
      ['Worn things', 'To buy a suit', 'Foot sizes'].map((each) => passage(`Help › ${each}`, 'See the table.')),
    );
    expect(best(index, question)).toBe(`Help › ${heading}`);
  });
});

describe('what may be quoted', () => {
  const pages = [
    passage('Repairs › Suits of other makers', 'We repair any neoprene. Not drysuits.'),
    passage('Care › Washing a wetsuit', 'Never put it into the machine.'),
    ...Array.from({ length: 8 }, (_, at) => passage(`Wetsuits › Model ${at}`, 'A wetsuit.')),
    passage('Wetsuits › Hire', 'A wetsuit for a day, with a deposit from your card, in the shop.'),
    passage('Payment › Money that comes back', 'The deposit goes back to the card on the same day, in the shop.'),
  ];
  const bandFor = async (question: string) => bandOf((await indexOf(pages)).find(question));

  test('is a passage about the word that was asked for, not one that mentions it', async () => {
    expect(await bandFor('do you have drysuits?')).toBe('closest');
    expect(await bandFor('do you have suits of other makers?')).toBe('sure');
  });

  test('is none where the word is everywhere, or the rest of the question is how one asks', async () => {
    expect(await bandFor('how do I put on a wetsuit')).toBe('closest');
    expect(await bandFor('wash a wetsuit')).toBe('sure');
  });

  test('is none where the rarest word of the question is not there', async () => {
    expect(await bandFor('wetsuit day deposit card shop')).toBe('sure');
    expect(await bandFor('wetsuit day deposit card shop unicorn')).toBe('closest');
  });
});

describe('a question that goes on from others', () => {
  const pages = [
    passage('Repairs › How long a repair takes', 'Ten days.'),
    passage('Delivery › How long delivery takes', 'Two days.'),
    passage('Surfing › How long a board lasts', 'It takes a year.'),
  ];

  test.each([
    ['the last one', ['Is delivery free?', 'Can you repair it?'], 'Repairs › How long a repair takes'],
    [
      'the last one that was answered',
      ['Can you repair it?', 'Who won the surfing cup in Lisbon with a yellow hat?'],
      'Repairs › How long a repair takes',
    ],
    ['one that leaned itself', ['Tell me of the delivery', 'And of that?'], 'Delivery › How long delivery takes'],
  ])('keeps the topic of %s', async (_, earlier, expected) => {
    const index = await indexOf(pages);
    const [hit] = index.find('and how long does it take?', earlier);
    expect(hit?.passage.id).toBe(expected);
  });
});

describe('the work of one question', () => {
  /** A language and a vocabulary that count what they are asked. */
  const counted = () => {
    const counts = { read: 0, corrections: 0 };
    const language: Language = {
      tag: 'en',
      words(text) {
        counts.read += text.length;
        return text.split(' ').filter((word) => word !== '');
      },
      stem: (word) => word,
      isFrame: () => false,
    };
    const vocabulary = new Vocabulary(language);
    vocabulary.correct = () => {
      counts.corrections++;
      return undefined;
    };
    return { counts, language, vocabulary };
  };
  const manyWords = Array.from({ length: 4_000 }, (_, at) => at.toString(36)).join(' ');

  test('does not grow with its length', () => {
    const { counts, language, vocabulary } = counted();
    const { terms } = readQuestion(manyWords, [], language, vocabulary);
    expect(terms.length).toBeLessThanOrEqual(48);
    expect(counts.read).toBeLessThanOrEqual(2_000);
    expect(counts.corrections).toBeLessThanOrEqual(12);
  });

  test('does not grow with those before it', () => {
    const { counts, language, vocabulary } = counted();
    const { terms } = readQuestion(
      'and?',
      Array.from({ length: 100 }, () => manyWords),
      language,
      vocabulary,
    );
    expect(terms.length).toBeLessThanOrEqual(48);
    expect(counts.read).toBeLessThanOrEqual(6_004);
    expect(counts.corrections).toBeLessThanOrEqual(36);
  });

  test('is none for one word of any length', async () => {
    const language = await loadLanguage('en');
    expect(language.stem('x'.repeat(8_000))).toBeUndefined();
  });
});

describe('a folder that is read again', () => {
  test('hands out the same passages while nothing has changed, and those of a file as long as it has not', async () => {
    const { folder, write } = await folderWith({ 'a.md': 'A.', 'b.md': 'B.' });
    const { logger } = keptLog();
    const pages = new Folder({ folder, baseUrl: '/', maxFileBytes: 1_000, clock: systemClock, logger });
    const { signal } = new AbortController();
    const first = await pages.passages(signal);
    await write('notes.txt', 'no page');
    expect(await pages.passages(signal)).toBe(first);
    await write('b.md', 'B, changed.');
    const second = await pages.passages(signal);
    expect(second).not.toBe(first);
    expect(second[0]).toBe(first[0]);
    expect(second[1]?.text).toBe('B, changed.');
  });
});
