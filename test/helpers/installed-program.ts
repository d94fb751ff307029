import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import path from 'node:path';

interface Program {
  readonly name: string;
  /** Debian's packages that have it, the smallest first. */
  readonly packages: readonly string[];
  /** Of the environment: which one to run, whatever else is there. */
  readonly variable: string;
}

/**
 * Where a program is that a test needs; as root, Debian's package is installed where it is nowhere. Its own service is
 * not started.
 * @throws {Error} with one sentence where there is none and none can be installed, and where its variable names none.
 */
export function findOrInstall(program: Program): string {
  const found = find(program);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && apt('update', '-qq')) {
    program.packages.some((name) => apt('install', '-y', '-qq', '--no-install-recommends', name));
  }
  const installed = find(program);
  if (installed !== undefined) return installed;
  const { name, packages, variable } = program;
  throw new Error(
    `This test needs ${name}, which is not here and could not be installed: install it (e.g. apt-get install ${packages[0]}), or set ${variable}.`,
  );
}

function find({ name, variable }: Program): string | undefined {
  const named = process.env[variable];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(
      `${variable}=${JSON.stringify(named)} names no program that can be run: give the path of ${name}, or unset ${variable}.`,
    );
  }
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/bin',
  ];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

const apt = (...args: string[]): boolean =>
  spawnSync('apt-get', args, {
    stdio: 'ignore',
    // With run level 1, `invoke-rc.d` of Debian starts no service.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  }).status === 0;

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    // A folder may be "executed", too.
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** A port that nobody has at this moment; somebody else may take it in the next. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Knocks until somebody opens; false once `hasEnded` says that nobody will. */
export async function opens(port: number, hasEnded: () => boolean): Promise<boolean> {
  while (!hasEnded()) {
    const socket = connect({ host: '127.0.0.1', port });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return true;
  }
  return false;
}
