import { type Connectivity, systemClock } from '../reply/index.js';

/** How often the clock is looked at, as long as anybody listens. */
const LOOK_MS = 5_000;

/** What this page's browser tells of the network, and of the page being shown again. */
export const pageConnectivity: Connectivity = {
  get online() {
    return navigator.onLine;
  },
  subscribe(listener) {
    const end = new AbortController();
    const on = (target: EventTarget, type: string, tell: (event: Event) => void) =>
      target.addEventListener(type, tell, { signal: end.signal });
    let isLeft = false;
    // Timers of a hidden page come late, as after sleep: that it is shown again, its event tells.
    // On the way out of the back/forward cache a page is resumed and shown before it is told to be back: one is enough.
    const shown = () => !isLeft && document.visibilityState === 'visible' && listener('shown');
    on(window, 'online', () => listener('online'));
    on(window, 'offline', () => listener('offline'));
    // `pagehide`, never `unload`: that would keep the page out of the back/forward cache.
    on(window, 'pagehide', () => {
      isLeft = true;
      listener('left');
    });
    on(window, 'pageshow', (event) => {
      isLeft = false;
      if ((event as PageTransitionEvent).persisted) listener('restored');
    });
    on(document, 'visibilitychange', shown);
    // After a freeze (Page Lifecycle) the line may have been dead for long.
    on(document, 'resume', () => !isLeft && listener('shown'));
    end.signal.addEventListener('abort', onWake(shown));
    return () => end.abort();
  },
};

/**
 * Calls back when the device has slept while the page was in view, of which no event tells: much more time has gone by
 * between two looks at the clock than was agreed on. (Where the clock stands still in sleep, as in Chromium on Linux, it
 * tells nothing either; there the network's coming back does.) Returns the way to end that.
 */
function onWake(callback: () => void): () => void {
  let lookedAt = systemClock.now();
  let cancel = () => {};
  const look = () => {
    const now = systemClock.now();
    const hasSlept = now - lookedAt > 2 * LOOK_MS;
    lookedAt = now;
    cancel = systemClock.after(LOOK_MS, look);
    if (hasSlept) callback();
  };
  cancel = systemClock.after(LOOK_MS, look);
  return () => cancel();
}
