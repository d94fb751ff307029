/**
 * JSON, whatever the page has done to the built-in objects: Prototype 1.6 gives arrays a `toJSON` that makes strings of
 * them. A `toJSON` that a value brings itself, or its class (a Date), holds.
 * Undefined for a function or a symbol. @throws {TypeError} for what has no JSON: a cycle, a BigInt.
 */
export const toJson = (value: unknown): string => JSON.stringify(value, asItWas);

/** Called after a `toJSON`, with the object that holds the value as it was before. */
function asItWas(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key];
  return isPlain(original) && !Object.hasOwn(original, 'toJSON') ? original : value;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
