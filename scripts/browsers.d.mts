/** Path of an installed browser; undefined where there is none. */
export function findChromium(): string | undefined;
export function findFirefox(): string | undefined;
/** Flags for a headless Chromium that runs as root and talks to nobody. */
export const chromiumArgs: readonly string[];
/** The same for Playwright. */
export const playwrightChromiumArgs: readonly string[];
