import { beforeAll, describe, expect, test } from 'vitest';
import type { PassageIndex } from '../../server/src/knowledge/passage-index.js';
import { evaluate, indexDemo, QUESTIONS } from '../knowledge/evaluation.js';

describe('the questions of the evaluation', () => {
  let index: PassageIndex;
  beforeAll(async () => {
    index = await indexDemo();
  });

  test('are enough, three tenths of them without an answer, and a third is held out', () => {
    expect(QUESTIONS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(QUESTIONS.map(({ question, earlier }) => `${earlier?.join('|')} ${question}`)).size).toBe(
      QUESTIONS.length,
    );
    const usual = QUESTIONS.filter(({ part }) => part !== 'near');
    const share = (isIt: (question: (typeof QUESTIONS)[number]) => boolean) => usual.filter(isIt).length / usual.length;
    expect(share(({ expected }) => expected.length === 0)).toBeCloseTo(0.3, 1);
    const early = usual.filter(({ part }) => part !== 'later');
    expect(early.filter(({ part }) => part === 'held-out').length / early.length).toBeCloseTo(1 / 3, 1);
    expect(share(({ part }) => part !== 'tuning')).toBeGreaterThan(1 / 3);
    expect(QUESTIONS.every(({ part }) => ['held-out', 'tuning', 'later', 'near'].includes(part))).toBe(true);
  });

  test('expect only passages that there are, on pages that are enough', () => {
    const places = new Set(index.passages.map(({ id }) => id.replace(/~\d+$/, '')));
    for (const { question, expected } of QUESTIONS) {
      for (const place of expected) expect(places, question).toContain(place);
    }
    expect(places.size).toBeGreaterThanOrEqual(60);
  });

  test.each(['tuning', 'held-out'])('are mostly answered rightly, and hardly ever wrongly: %s', (part) => {
    const evaluation = evaluate(
      index,
      QUESTIONS.filter((question) => question.part === part),
    );
    expect(evaluation.hit1).toBeGreaterThan(0.8);
    expect(evaluation.hit5).toBeGreaterThan(0.92);
    expect(evaluation.misquoted).toBeLessThan(0.08);
    expect(evaluation.refused).toBeLessThan(0.05);
    expect(evaluation.falseAnswers / evaluation.unanswerable).toBeLessThan(0.1);
  });

  test('are found and hardly ever wrongly answered, also those that were written later, and without a look at how', () => {
    const evaluation = evaluate(
      index,
      QUESTIONS.filter(({ part }) => part === 'later'),
    );
    expect(evaluation.answerable + evaluation.unanswerable).toBeGreaterThanOrEqual(30);
    expect(evaluation.hit1).toBeGreaterThan(0.6);
    expect(evaluation.hit5).toBeGreaterThan(0.92);
    expect(evaluation.refused).toBeLessThan(0.05);
    expect(evaluation.falseAnswers / evaluation.unanswerable).toBeLessThan(0.1);
  });

  test('are seldom answered where they are about something else, in words of the pages', () => {
    const { answerable, unanswerable, falseAnswers } = evaluate(
      index,
      QUESTIONS.filter(({ part }) => part === 'near'),
    );
    expect([answerable, unanswerable]).toEqual([0, 30]);
    expect(falseAnswers / unanswerable).toBeLessThan(0.15);
  });
});
