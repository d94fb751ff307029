import type { Connectivity } from '../reply/index.js';

/** What this page's browser tells of the network, and of the page being shown again. */
export const pageConnectivity: Connectivity = {
  get online() {
    return navigator.onLine;
  },
  subscribe(wake) {
    const whenVisible = () => document.visibilityState === 'visible' && wake();
    const whenRestored = ({ persisted }: PageTransitionEvent) => persisted && wake();
    addEventListener('online', wake);
    addEventListener('offline', wake);
    addEventListener('pageshow', whenRestored);
    document.addEventListener('visibilitychange', whenVisible);
    return () => {
      removeEventListener('online', wake);
      removeEventListener('offline', wake);
      removeEventListener('pageshow', whenRestored);
      document.removeEventListener('visibilitychange', whenVisible);
    };
  },
};
