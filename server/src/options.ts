import { z } from 'zod';
import { MAX_DELAY_MS } from './clock.js';

/** A hundred years: what is kept for much longer ends in a year that can't be written. */
const MAX_AGE_MS = 100 * 365.25 * 24 * 60 * 60 * 1_000;

/** Where a number may lie. */
interface Range {
  readonly min: number;
  /** Default: as far as whole numbers are exact. */
  readonly max?: number;
  /** Whether Infinity will do: no bound. Default false. */
  readonly orInfinity?: boolean;
}

/** A whole number; its unit is plain from the option's name, but for milliseconds. */
export const wholeNumber = (range: Range, unit = '') => {
  const { min, max = Number.MAX_SAFE_INTEGER, orInfinity = false } = range;
  const to = max === Number.MAX_SAFE_INTEGER ? 'on' : `to ${max}`;
  return z.custom<number>(
    (value) =>
      (orInfinity && value === Number.POSITIVE_INFINITY) ||
      (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max),
    `Give a whole number${unit} from ${min} ${to}${orInfinity ? ', or Infinity' : ''}.`,
  );
};

const milliseconds = (range: Range) => wholeNumber(range, ' of milliseconds');

/** Milliseconds that a timer counts. */
export const delayMs = (min: number) => milliseconds({ min, max: MAX_DELAY_MS });
/** A delay in milliseconds that may be `Infinity`: never. */
export const delayMsOrInfinity = (min: number) => milliseconds({ min, max: MAX_DELAY_MS, orInfinity: true });

/** Milliseconds after which something is forgotten. */
export const ageMs = () => milliseconds({ min: 1, max: MAX_AGE_MS });
/** An age in milliseconds that may be `Infinity`: any. */
export const ageMsOrInfinity = () => milliseconds({ min: 1, max: MAX_AGE_MS, orInfinity: true });

/**
 * Reads options of `maker`; one that is undefined takes its default.
 * @throws {TypeError} with a line for each that is wrong: its name, its value, the way out.
 */
export function readOptions<T extends z.ZodObject>(maker: string, schema: T, options: object): z.output<T> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const given = new Map<string, unknown>(Object.entries(options));
  const lines = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${maker}: ${name} is ${shown(given.get(name))}. ${message}`;
  });
  throw new TypeError(lines.join('\n'));
}

/** `-1`, `NaN`, `"5"`; of what is neither number nor text, the kind alone. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
