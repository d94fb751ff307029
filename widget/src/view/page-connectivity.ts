import type { Connectivity } from '../reply/index.js';

/** What this page's browser tells of the network, and of the page being shown again. */
export const pageConnectivity: Connectivity = {
  get online() {
    return navigator.onLine;
  },
  subscribe(listener) {
    const end = new AbortController();
    const on = (target: EventTarget, type: string, tell: (event: Event) => void) =>
      target.addEventListener(type, tell, { signal: end.signal });
    on(window, 'online', () => listener('online'));
    on(window, 'offline', () => listener('offline'));
    // `pagehide`, never `unload`: that would keep the page out of the back/forward cache.
    on(window, 'pagehide', () => listener('left'));
    on(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && listener('restored'));
    on(document, 'visibilitychange', () => document.visibilityState === 'visible' && listener('shown'));
    // After a freeze (Page Lifecycle) the line may have been dead for long.
    on(document, 'resume', () => listener('shown'));
    return () => end.abort();
  },
};
