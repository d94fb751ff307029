/**
 * The thread that owns the file: the only one that waits for a disk. While a transaction is on its way there, commands
 * gather, and all of them go into the next one (group commit: nobody waits for a timer).
 */
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { SqliteCommand, SqliteReturn } from './sqlite-commands.js';
import { openDatabase } from './sqlite-database.js';
import { SqliteFile } from './sqlite-file.js';

if (!parentPort) throw new Error('This module is run by sqliteLog, in a thread of its own.');
const port = parentPort;
port.once('message', (commands: readonly SqliteCommand[]) => void begin(commands));

async function begin([first, ...rest]: readonly SqliteCommand[]): Promise<void> {
  if (first?.name !== 'open') throw new Error('The first command must be "open".');
  try {
    const opened = await openDatabase(first.request.file);
    const file = new SqliteFile(opened.database, first.request);
    answer([{ number: first.number, answer: file.opened }]);
    serve(file, opened.close, rest);
  } catch (error) {
    answer([{ number: first.number, failure: error instanceof Error ? error.message : String(error) }]);
    port.close();
  }
}

function serve(file: SqliteFile, close: () => void, earlier: readonly SqliteCommand[]): void {
  const carryOut = (commands: readonly SqliteCommand[]) => {
    const last = commands.at(-1);
    const isLast = last?.name === 'close';
    const others = isLast ? commands.slice(0, -1) : commands;
    if (others.length > 0) answer(file.carryOut(others));
    if (!isLast) return;
    close();
    answer([{ number: last.number, answer: null }]);
    port.close();
  };
  carryOut(earlier);
  port.on('message', (commands: readonly SqliteCommand[]) => carryOut([...commands, ...waiting(port)]));
}

/** What came while the last transaction was on its way. */
function waiting(from: MessagePort): SqliteCommand[] {
  const commands: SqliteCommand[] = [];
  for (let next = receiveMessageOnPort(from); next; next = receiveMessageOnPort(from)) {
    commands.push(...(next.message as readonly SqliteCommand[]));
  }
  return commands;
}

function answer(returns: readonly SqliteReturn[]): void {
  port.postMessage(returns);
}
