import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { StoreError } from './session-log.js';
import type { AnswerOf, RequestOf, SqliteCommand, SqliteCommandName, SqliteReturn } from './sqlite-commands.js';

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

const CLOSED = 'The SQLite store is closed. Start the server again.';

/** The server's end of the thread that owns the file. It keeps the process alive only while something is asked of it. */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #outbox: SqliteCommand[] = [];
  readonly #exited: Promise<void>;
  /** Why it can't be asked any more. */
  #ended: StoreError | undefined;

  constructor() {
    // By the package's own name for it, so that it is found from the sources too: there it has to be built.
    const file = createRequire(import.meta.url).resolve('#sqlite-worker');
    // Options of this process's own program, such as --input-type, are not meant for it.
    this.#worker = new Worker(file, { execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (returns: readonly SqliteReturn[]) => this.#take(returns));
    this.#worker.on('error', (cause) => this.#end(`The thread of the SQLite store failed: ${cause.message}`, cause));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#end(CLOSED);
        resolve();
      });
    });
  }

  /**
   * Asks for one thing; what is asked in one turn goes there at once.
   * @throws {StoreError} where it could not be done; nothing of it was stored then.
   */
  ask<Name extends SqliteCommandName>(name: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const number = ++this.#last;
      // The thread answers each command by its name with what `SqliteCommands` says.
      this.#waiting.set(number, { resolve: (answer) => resolve(answer as AnswerOf<Name>), reject });
      if (this.#waiting.size === 1) this.#worker.ref();
      this.#outbox.push({ number, name, request } as SqliteCommand);
      if (this.#outbox.length === 1) queueMicrotask(() => this.#send());
    });
  }

  /** Lets go of the file; resolves when it is. The driver closes it no earlier than its thread ends. */
  async close(): Promise<void> {
    const closed = this.ask('close', {});
    // Nothing may come after it: the thread ends with it.
    this.#ended ??= new StoreError(CLOSED);
    await closed;
    this.#worker.ref();
    await this.#exited;
  }

  #send(): void {
    const commands = this.#outbox;
    this.#outbox = [];
    this.#worker.postMessage(commands, []);
  }

  #take(returns: readonly SqliteReturn[]): void {
    for (const { number, answer, failure } of returns) {
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (failure === undefined) waiting?.resolve(answer);
      else waiting?.reject(new StoreError(failure));
    }
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #end(why: string, cause?: Error): void {
    this.#ended ??= new StoreError(why, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
