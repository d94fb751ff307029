import { pino } from 'pino';

/** What the server needs of a log: pino's shape, so that a pino logger is one as it is. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** JSON lines on standard output. Message texts, tokens and headers are never handed to it, so none can leak. */
export const createLogger = (level: string = 'info'): Logger =>
  pino({ level, base: null, serializers: { error: pino.stdSerializers.err } });
