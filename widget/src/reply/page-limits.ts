import type { Clock } from './clock.js';
import { ChatError } from './errors.js';

/** What a policy forbids, the browser reports in a task of its own, which may come after the request has failed. */
const REPORT_WITHIN_MS = 20;

/** The page's own address, where relative ones can be told from it: not in Node, nor in a frame of `srcdoc`. */
export function pageUrl(): string | undefined {
  const href = globalThis.location?.href;
  return href !== undefined && URL.canParse('/', href) ? href : undefined;
}

/** Where requests come from: `null` in a sandboxed frame; undefined in Node. */
export const pageOrigin = (): string | undefined => (globalThis.location ? globalThis.origin : undefined);

/**
 * Finds out whether the page itself keeps a request from leaving; whoever asked is told nothing of it. Made before the
 * request, and to be closed after it.
 */
export class PageLimits {
  readonly #url: URL | undefined;
  readonly #src: string;
  readonly #clock: Clock;
  readonly #watch = new AbortController();
  #isForbidden = false;
  #forbidden: () => void = () => {};

  constructor(url: string, src: string, clock: Clock) {
    const page = pageUrl();
    this.#url = URL.canParse(url, page) ? new URL(url, page) : undefined;
    this.#src = src;
    this.#clock = clock;
    if (!globalThis.location) return;
    const { signal } = this.#watch;
    addEventListener('securitypolicyviolation', (event) => this.#notice(event as SecurityPolicyViolationEvent), {
      signal,
    });
  }

  /** Why the request that failed could not leave; undefined where nothing is known to have kept it. */
  async obstacle(cause: unknown): Promise<ChatError | undefined> {
    if (!this.#url || !globalThis.location) return undefined;
    if (this.#isMixed(this.#url)) {
      return new ChatError(
        'mixed_content',
        `A page that came by https may not ask ${this.#src}, which is http. Serve the chat by https, and say so in the "src" attribute.`,
        { cause },
      );
    }
    if (!this.#isForbidden) await this.#report();
    if (!this.#isForbidden) return undefined;
    return new ChatError(
      'csp_refused',
      `The page's own policy does not let it ask ${this.#src}. Add ${this.#url.origin} to "connect-src" in its Content-Security-Policy header.`,
      { cause },
    );
  }

  close(): void {
    this.#watch.abort();
  }

  #notice({ disposition, blockedURI }: SecurityPolicyViolationEvent): void {
    if (disposition !== 'enforce') return;
    // After a redirect the origin alone is told.
    if (blockedURI !== this.#url?.href && blockedURI !== this.#url?.origin) return;
    this.#isForbidden = true;
    this.#forbidden();
  }

  #report(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(REPORT_WITHIN_MS, resolve);
      this.#forbidden = () => {
        cancel();
        resolve();
      };
    });
  }

  /** https://www.w3.org/TR/mixed-content/#categories: what this machine serves to itself counts as secure. */
  #isMixed({ protocol, hostname }: URL): boolean {
    const isLocal = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
    return globalThis.location.protocol === 'https:' && protocol === 'http:' && !isLocal;
  }
}
