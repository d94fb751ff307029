import { describe, expect, onTestFinished, test } from 'vitest';
import type { Turn } from '../../widget/src/reply/index.js';
import { storedReply } from '../../widget/src/reply/shown-reply.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { dayLines } from '../../widget/src/view/day-lines.js';

const reply = storedReply({ text: '', phase: 'done', messageId: 'm', cursor: 0 });
/** A turn of each time, named by its place. */
const turnsAt = (...times: (Date | string | undefined)[]): Turn[] =>
  times.map((time, index) => ({
    key: String(index),
    question: '',
    clientMessageId: String(index),
    reply,
    ...(time !== undefined && { createdAt: typeof time === 'string' ? time : time.toISOString() }),
  }));

const NOW = new Date(2026, 2, 10, 15, 30);
const lines = (turns: readonly Turn[], language = 'en', now = NOW) =>
  [...dayLines(turns, ENGLISH, language, now.getTime())].map(([key, name]) => `${key} ${name}`);

describe('the days of a conversation', () => {
  test('of today alone need no line', () => {
    expect(lines(turnsAt(new Date(2026, 2, 10, 0, 0), NOW))).toEqual([]);
    expect(lines([])).toEqual([]);
  });

  test('have a line each, where a day begins', () => {
    const turns = turnsAt(
      new Date(2025, 11, 31, 23, 59),
      new Date(2026, 2, 8, 9, 0),
      new Date(2026, 2, 8, 22, 0),
      new Date(2026, 2, 9, 0, 0),
      new Date(2026, 2, 10, 0, 0),
    );
    expect(lines(turns)).toEqual(['0 Wednesday, December 31, 2025', '1 Sunday, March 8', '3 Yesterday', '4 Today']);
  });

  test('are named in the language of the chat', () => {
    expect(lines(turnsAt(new Date(2026, 2, 8)), 'de')).toEqual(['0 Sonntag, 8. März']);
  });

  test('are told where the one of yesterday alone is shown', () => {
    expect(lines(turnsAt(new Date(2026, 2, 9, 12, 0)))).toEqual(['0 Yesterday']);
  });

  test('stay as they are where a time is missing, or none', () => {
    expect(lines(turnsAt(new Date(2026, 2, 9), undefined, 'soon', NOW))).toEqual(['0 Yesterday', '3 Today']);
  });

  test('are never in the future: a server’s clock may be ahead', () => {
    expect(lines(turnsAt(NOW, new Date(2026, 2, 11, 1, 0)))).toEqual([]);
  });

  test('begin at midnight also where a day has 23 or 25 hours', () => {
    const { TZ } = process.env;
    onTestFinished(() => {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    });
    process.env.TZ = 'Europe/Berlin';
    expect(new Date(2026, 2, 30).getTime() - new Date(2026, 2, 29).getTime(), 'a day of 23 hours').toBe(82_800_000);
    for (const [month, day] of [
      [2, 30],
      [9, 26],
    ] as const) {
      const now = new Date(2026, month, day, 0, 30);
      expect(lines(turnsAt(new Date(2026, month, day - 1, 0, 30), now), 'en', now)).toEqual(['0 Yesterday', '1 Today']);
    }
  });
});
