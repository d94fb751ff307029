/**
 * Gives each piece of an iterable to `take`, until that says it has enough or none is left. As `for await` does, but
 * without a generator of its own, which would be a kilobyte for as long as the reply runs and be woken for each token.
 * Rejects with what the iterable or `take` throws.
 */
export function takeEach<T>(pieces: AsyncIterable<T>, take: (piece: T) => 'more' | 'enough'): Promise<void> {
  return new Promise((resolve, reject) => {
    const iterator = pieces[Symbol.asyncIterator]();
    // An iterator in plain JavaScript may answer without a promise.
    const ask = () => void Promise.resolve(iterator.next()).then(given, reject);
    const given = ({ done, value }: IteratorResult<T>) => {
      try {
        if (done) resolve();
        else if (take(value) === 'more') ask();
        else resolve(leave());
      } catch (failure) {
        reject(failure);
        // It has failed already: how it is left does not matter.
        leave().catch(() => {});
      }
    };
    const leave = async () => void (await iterator.return?.());
    ask();
  });
}
