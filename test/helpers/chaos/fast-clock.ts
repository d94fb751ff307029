import type { Clock as ServerClock } from '../../../server/src/clock.js';
import type { Clock } from '../../../widget/src/reply/index.js';

/** Timers count in 31 bits: with a longer delay they would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A clock that runs `speed` times as fast as the wall's, so that back-off and watchdogs are real but quick. */
export const fastClock = (speed: number): Clock => ({
  now: () => performance.now() * speed,
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs / speed, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
});

/** The same for a server, whose `now` is a date. */
export const fastServerClock = (speed: number): ServerClock => {
  const clock = fastClock(speed);
  const began = Date.now() - clock.now();
  return { now: () => began + clock.now(), after: (delayMs, callback) => clock.after(delayMs, callback) };
};
