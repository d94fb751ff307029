/** What the page goes through in a test: importing this watches each test of the file, and restores what it replaced. */
import { chai, expect } from '@open-wc/testing';

const restorations: (() => void)[] = [];

/** What the element told the console in this test. */
export const warnings: string[] = [];
const errors: unknown[] = [];

beforeEach(() => {
  warnings.length = errors.length = 0;
  sessionStorage.clear();
  stub(console, 'warn', (...words: unknown[]) => void warnings.push(words.join(' ')));
  const controller = new AbortController();
  addEventListener('error', ({ error, message }) => void errors.push(error ?? message), controller);
  addEventListener('unhandledrejection', ({ reason }) => void errors.push(reason), controller);
  restorations.push(() => controller.abort());
});

afterEach(() => {
  while (restorations.length > 0) restorations.pop()?.();
  expect(errors, 'thrown into the page').to.deep.equal([]);
});

/** Replaces a property until the test is over. */
export function stub<T extends object, K extends keyof T>(target: T, key: K, value: T[K]): void {
  const own = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { value, configurable: true, writable: true });
  restorations.push(() => {
    if (own) Object.defineProperty(target, key, own);
    else delete target[key];
  });
}

let chance = 0;

/** From now on the waiting between tries is as short as may be (0), or as long as may be (1). */
export function setLuck(luck: 0 | 1): void {
  chance = luck === 0 ? 0 : 0.999;
  if (Math.random !== dice) stub(Math, 'random', dice);
}

const dice = () => chance;

/** Stops the page's clock; the returned function lets it go on by so many milliseconds. Timers are not touched. */
export function stopClock(): (advanceMs: number) => void {
  let now = performance.now();
  stub(performance, 'now', () => now);
  return (advanceMs) => (now += advanceMs);
}

/** Lets the page believe that later is now, by as many milliseconds as the returned function is told. */
export function shiftClock(): (advanceMs: number) => void {
  const now = performance.now.bind(performance);
  let shift = 0;
  stub(performance, 'now', () => now() + shift);
  return (advanceMs) => void (shift += advanceMs);
}

/** Lets longer waits of the page pass so many times faster; those of a test's own patience (10 s and more) stay. */
export function hurry(times: number): void {
  const wait = setTimeout.bind(window);
  const hurried = (callback: () => void, delayMs = 0) =>
    wait(callback, delayMs >= 300 && delayMs < 10_000 ? delayMs / times : delayMs);
  stub(window, 'setTimeout', hurried as typeof setTimeout);
}

/**
 * Stops the page's time for waits of `leastMs` to `mostMs`: those between two writes, where none are named. The returned
 * function lets so much of it pass.
 */
export function holdRests(leastMs = 20, mostMs = 100): (passMs: number) => void {
  let now = performance.now();
  let waiting: { readonly id: unknown; readonly at: number; readonly callback: () => void }[] = [];
  const { setTimeout, clearTimeout } = window;
  stub(performance, 'now', () => now);
  const holding = (callback: () => void, delayMs = 0) => {
    if (delayMs < leastMs || delayMs > mostMs) return setTimeout(callback, delayMs);
    const id = setTimeout(() => {});
    waiting.push({ id, at: now + delayMs, callback });
    return id;
  };
  stub(window, 'setTimeout', holding as typeof setTimeout);
  stub(window, 'clearTimeout', (id) => {
    waiting = waiting.filter((rest) => rest.id !== id);
    clearTimeout(id);
  });
  return (passMs) => {
    now += passMs;
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  };
}

/** What an event's listener was told, in order. */
export function record<D>(target: EventTarget, name: string): D[] {
  const details: D[] = [];
  target.addEventListener(name, (event) => void details.push((event as CustomEvent<D>).detail));
  return details;
}

// Nodes are compared, but told of by name: what Chai makes of a whole node, the runner would compare for minutes.
chai.use(({ Assertion }, { flag }) => {
  Assertion.overwriteMethod('equal', (compare: (...args: unknown[]) => void) => {
    return function (this: Chai.AssertionStatic, expected: unknown, ...rest: unknown[]) {
      const actual: unknown = flag(this, 'object');
      if (!(actual instanceof Node) && !(expected instanceof Node)) return compare.call(this, expected, ...rest);
      const is = `expected ${nameOf(actual)} to be ${nameOf(expected)}`;
      this.assert(actual === expected, is, `${is}, or not`, nameOf(expected), nameOf(actual));
    };
  });
});

function nameOf(value: unknown): string {
  if (value instanceof Element) return (value.cloneNode() as Element).outerHTML;
  return value instanceof Node ? `${value.nodeName} "${value.textContent?.slice(0, 40)}"` : String(value);
}
