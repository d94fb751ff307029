import { constants } from 'node:os';
import type { Logger } from './logger.js';

/** What a process does when it is told to stop, or fails. */
export interface Lifecycle {
  /** Ends what runs, with so much time for it. */
  readonly stop: (graceMs: number) => Promise<void>;
  /** How long what runs is given when the process is told to stop. */
  readonly graceMs: number;
  readonly logger: Logger;
}

/** How long running replies are given after a failure nobody foresaw. */
const FAILURE_GRACE_MS = 1_000;

/** What closing may take beyond the grace time: the last words of replies, and the store's. */
const CLOSE_TIMEOUT_MS = 6_500;

/**
 * Ends the process when it is told to, with code 0 once all is closed; told again, at once. After an exception nobody
 * caught, nothing it holds can be trusted any more: it is logged, replies get their end, and the process ends with 1.
 */
export function endWhenTold({ stop, graceMs, logger }: Lifecycle): void {
  let ending = false;
  const end = (limitMs: number, code: number) => {
    ending = true;
    // Not kept alive by it, and not waited for longer: a store that is away must not hold the process.
    setTimeout(() => {
      logger.error({}, 'closing takes too long: stopped without it');
      process.exit(1);
    }, limitMs + CLOSE_TIMEOUT_MS).unref();
    stop(limitMs).then(
      () => process.exit(code),
      (error: unknown) => {
        logger.error({ error }, 'closing failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) {
        logger.warn({ signal }, 'told again: stopped at once');
        process.exit(128 + constants.signals[signal]);
      }
      logger.info({ signal, graceMs }, 'stopping');
      end(graceMs, 0);
    });
  }
  // A rejection nobody handles comes here, too.
  process.on('uncaughtException', (error) => {
    logger.error({ error }, 'an exception nobody caught');
    if (!ending) end(FAILURE_GRACE_MS, 1);
  });
}
