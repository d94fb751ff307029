/** Lets tasks with the same key run one after the other, in the order they came. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Whether a task of the key runs or waits. */
  isHeld(key: string): boolean {
    return this.#tails.has(key);
  }

  /** Runs the task when all earlier ones of its key are over, however they ended. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const earlier = this.#tails.get(key);
    const result = earlier ? earlier.then(task, task) : task();
    this.#tails.set(key, result);
    const release = () => {
      if (this.#tails.get(key) === result) this.#tails.delete(key);
    };
    void result.then(release, release);
    return result;
  }
}
