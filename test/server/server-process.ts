import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Sends the signal, and returns at once. */
  send(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What it wrote so far: its log, and what it says to people. */
  output(): { readonly log: string; readonly words: string };
}

/** What a command that ended at once has written, and its code. */
export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly words: string;
}

/** Only what the test says, and what a program needs anyway: no setting of who runs the tests gets in. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:CHAT_|OPENAI_|NODE_V8_COVERAGE$|PORT$)/.test(name)),
  );

/** Starts `chat-stream-server` as it is installed, without limits unless the test sets them, in a process of its own; gone when the test is over. */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<ServerProcess> {
  const child = start({ PORT: '0', CHAT_LOG_LEVEL: 'silent', CHAT_LIMITS: 'off', ...environment }, args);
  const texts = collect(child);
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const url = await addressOf(child, texts);
  const output = () => ({ log: texts.out, words: texts.words });
  return { url, pid: child.pid ?? 0, send: (signal) => void child.kill(signal), exited, output };
}

/** Runs the command to its end, as with `--help` or a wrong setting. */
export async function runServerProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Finished> {
  const child = start(environment, args, cwd);
  const texts = collect(child);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: texts.out, words: texts.words };
}

function start(environment: Readonly<Record<string, string>>, args: readonly string[], cwd?: string): ChildProcess {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing. Run: npm run build`);
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...cleanEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
}

function collect(child: ChildProcess): { out: string; words: string } {
  const texts = { out: '', words: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.words += text));
  return texts;
}

function addressOf(child: ChildProcess, texts: { readonly words: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', () => {
      const address = /http:\/\/[\w.:[\]]+\d/.exec(texts.words)?.[0];
      if (address) resolve(address);
    });
    child.once('exit', (code) =>
      reject(new Error(`The server ended with code ${code} before it was open. ${texts.words}`)),
    );
  });
}
