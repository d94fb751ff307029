import { pino } from 'pino';

/** What the server needs of a log: pino's shape, so that a pino logger is one as it is. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** JSON lines on standard output. Message texts, tokens and headers are never handed to it, so none can leak. */
export const createLogger = (level: string = 'info'): Logger =>
  pino({ level, base: null, serializers: { error: describeError } });

/** Causes of causes that are told; a loop of them ends there. */
const MAX_CAUSES = 5;

/**
 * What is logged of an error: no other properties than these, since libraries hang whole requests on their errors, with
 * headers, keys and bodies.
 */
export function describeError(error: unknown, causes = MAX_CAUSES): object {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    stack: error.stack,
    ...(error.cause !== undefined && causes > 0 && { cause: describeError(error.cause, causes - 1) }),
  };
}
