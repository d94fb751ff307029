import { describe, expect, test } from 'vitest';
import { ReplyMeter } from '../../widget/src/reply/reply-meter.js';
import { FakeClock } from '../helpers/fake-clock.js';

describe('the measurements of a reply', () => {
  test('tell its times from the visitor’s sending, its gaps and its pace', async () => {
    const clock = new FakeClock();
    const meter = new ReplyMeter(clock);
    meter.connecting();
    await clock.advance(50);
    meter.opened();
    await clock.advance(150);
    meter.words(10);
    for (const gap of [100, 100, 1_500, 300]) {
      await clock.advance(gap);
      meter.words(10);
    }
    await clock.advance(7);
    expect(meter.report('done', 50)).toEqual({
      outcome: 'done',
      timeToFirstByteMs: 50,
      timeToFirstTokenMs: 200,
      durationMs: 2_207,
      gapP50Ms: 300,
      gapP95Ms: 1_500,
      gapMaxMs: 1_500,
      stalls: 1,
      characters: 50,
      charactersPerSecond: 25,
      reconnects: 0,
      replayedCharacters: 0,
      duplicatesDropped: 0,
      eventsSkipped: 0,
      gapsSeen: 0,
      integrityRepairs: 0,
      renderMs: 0,
      polled: false,
    });
  });

  test('leave out what did not happen', () => {
    const meter = new ReplyMeter(new FakeClock());
    meter.connecting();
    const metrics = meter.report('interrupted', 0);
    expect(metrics).toMatchObject({ outcome: 'interrupted', durationMs: 0, reconnects: 0 });
    expect(metrics).not.toHaveProperty('timeToFirstByteMs');
    expect(metrics).not.toHaveProperty('gapP50Ms');
    expect(metrics).not.toHaveProperty('charactersPerSecond');
  });

  test('count what came on a later connection as replayed', () => {
    const meter = new ReplyMeter(new FakeClock());
    meter.connecting();
    meter.words(10);
    meter.connecting();
    meter.words(7);
    meter.rendered(3);
    meter.rendered(4);
    expect(meter.report('done', 17)).toMatchObject({ reconnects: 1, replayedCharacters: 7, renderMs: 7 });
  });

  test('keep their shape over a hundred thousand gaps', async () => {
    const clock = new FakeClock();
    const meter = new ReplyMeter(clock);
    meter.connecting();
    for (let index = 0; index < 100_000; index++) {
      clock.skip(index % 10 === 0 ? 100 : 10);
      meter.words(1);
    }
    expect(meter.report('done', 100_000)).toMatchObject({ gapP50Ms: 10, gapP95Ms: 100, gapMaxMs: 100 });
  });
});
