import { z } from 'zod';
import { CLOSE_GRACE_MS } from './chat-router.js';

/** What the command is told by its environment. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly origins: readonly string[];
  readonly logLevel: string;
  /** How long running replies are given when the server is told to stop. */
  readonly graceMs: number;
}

const schema = z.object({
  CHAT_HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number('must be a number').int('must be a whole number').min(0).max(65_535).default(8787),
  CHAT_ORIGINS: z.string().default(''),
  CHAT_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  CHAT_GRACE_MS: z.coerce.number('must be a number').int('must be a whole number').min(0).default(CLOSE_GRACE_MS),
});

/**
 * Reads `PORT` (0: any free one), `CHAT_HOST`, `CHAT_ORIGINS` (separated by commas), `CHAT_LOG_LEVEL` and `CHAT_GRACE_MS`
 * (8,000 unless set). One that is empty counts as not set.
 * @throws {TypeError} with one sentence a wrong value, that names it.
 */
export function readConfig(environment: NodeJS.ProcessEnv): ServerConfig {
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  const result = schema.safeParse(Object.fromEntries(set));
  if (!result.success) {
    const sentences = result.error.issues.map(({ path, message }) => {
      const name = path.join('.');
      return `${name}=${JSON.stringify(environment[name])}: ${message}.`;
    });
    throw new TypeError(sentences.join('\n'));
  }
  const { CHAT_HOST: host, PORT: port, CHAT_ORIGINS: origins, CHAT_LOG_LEVEL: logLevel } = result.data;
  const graceMs = result.data.CHAT_GRACE_MS;
  const list = origins.split(',').map((origin) => origin.trim());
  return { host, port, origins: list.filter((origin) => origin !== ''), logLevel, graceMs };
}
