import { expect, test } from 'vitest';
import { loadLanguage } from '../../server/src/knowledge/language.js';
import { PassageIndex } from '../../server/src/knowledge/passage-index.js';
import { bandOf } from '../../server/src/responders/knowledge-answer.js';
import { passage } from '../helpers/knowledge.js';

const PAGES = [
  passage('Reparaturen › Wie lange eine Reparatur dauert', 'In der Regel drei Werktage.'),
  passage('Reparaturen › Was eine Inspektion kostet', 'Die kleine kostet 49 €, die große 89 €.'),
  passage('Öffnungszeiten', 'Dienstags bis freitags von 9 bis 18 Uhr.'),
  passage('Zahlung › Rechnung', 'Auf Rechnung zahlen Sie nach zwei Wochen.'),
  passage('Größen › Schläuche', 'Die Größe steht auf der Flanke des Reifens.'),
];

async function asked(question: string, earlier: readonly string[] = []) {
  const hits = (await PassageIndex.build(PAGES, await loadLanguage('de'))).find(question, earlier);
  return { band: bandOf(hits), place: hits[0]?.passage.id };
}

test.each([
  ['Wie lange dauert eine Reparatur?', 'Reparaturen › Wie lange eine Reparatur dauert'],
  ['Was kostet bei euch bitte eine Inspektion?', 'Reparaturen › Was eine Inspektion kostet'],
  ['Wann habt ihr bitte Öffnungszeiten?', 'Öffnungszeiten'],
])('a question is answered by what it asks for: %s', async (question, place) => {
  expect(await asked(question)).toEqual({ band: 'sure', place });
});

test('how one asks is not what is asked for: the time of a repair is none of a delivery', async () => {
  expect((await asked('Wie lange dauert die Lieferung?')).band).not.toBe('sure');
});

test('what only asks on keeps the topic', async () => {
  expect(await asked('Wann?', ['Öffnungszeiten'])).toEqual({ band: 'sure', place: 'Öffnungszeiten' });
});

test('thanks do not have the last answer quoted again', async () => {
  expect((await asked('Danke!', ['Öffnungszeiten'])).band).not.toBe('sure');
});

test.each([
  ['Oeffnungszeiten', 'Öffnungszeiten'],
  ['Schlaeuche', 'Größen › Schläuche'],
  ['Groesse', 'Größen › Schläuche'],
])('is also found by who has no keys for umlauts: %s', async (question, place) => {
  expect((await asked(question)).place).toBe(place);
});
