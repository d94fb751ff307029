/**
 * Gives each piece of an iterable to `take`, until that says it has enough or none is left. As `for await` does, but
 * without a generator, which is woken for each token and holds what it began with as long as the reply runs. Rejects
 * with what the iterable or `take` throws.
 */
export function takeEach<T>(pieces: AsyncIterable<T>, take: (piece: T) => 'more' | 'enough'): Promise<void> {
  return new Promise((resolve, reject) => {
    const iterator = pieces[Symbol.asyncIterator]();
    const given = ({ done, value }: IteratorResult<T>) => {
      try {
        if (done) resolve();
        else if (take(value) === 'more') next(iterator).then(given, reject);
        else resolve(leave(iterator));
      } catch (failure) {
        reject(failure);
        // It has failed already: how it is left does not matter.
        leave(iterator).catch(() => {});
      }
    };
    next(iterator).then(given, reject);
  });
}

/** An iterator in plain JavaScript may answer without a promise. */
const next = <T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> => Promise.resolve(iterator.next());

const leave = async <T>(iterator: AsyncIterator<T>): Promise<void> => void (await iterator.return?.());
