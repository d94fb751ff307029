import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Config, readCommand } from '../../server/src/config.js';

/** Where the files lie, in a test file that calls {@link usesFolder}. */
export const folder = path.join(tmpdir(), `chat-stream-config-${randomUUID()}`);

/** Makes the folder for the tests of one file; gone when they are over. */
export function usesFolder(): void {
  beforeAll(() => void mkdirSync(folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true }));
}

/** A file of settings, with its path; also where a table of tests is written that has not begun. */
export function fileOf(content: unknown, name = 'chat.json'): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

export function configOf(args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Config {
  const command = readCommand(args, environment);
  if (command.type !== 'serve') throw new Error(`The command is ${command.type}.`);
  return command.config;
}

/** The sentences a wrong setting is refused with. */
export function mistakesOf(args: readonly string[], environment: NodeJS.ProcessEnv = {}): string[] {
  try {
    readCommand(args, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message.split('\n');
  }
  throw new Error('The settings were accepted.');
}

export const SECRET = 'a-secret-of-more-than-32-bytes-for-tests';
