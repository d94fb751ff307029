/** A promise that is settled from outside; the first resolution counts. (`Promise.withResolvers` is Node 22.) */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
