import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder in which little can be written. */
export interface SmallDisk {
  readonly folder: string;
  makeRoom(): void;
}

const SIZE = 512 * 1024;

/** The ways to have one here: a real full disk needs the right to mount one; a limit on this process any user may set. */
export const SMALL_DISKS: readonly { readonly kind: string; readonly make: () => SmallDisk }[] = [
  { kind: 'a limit on the size of files', make: limitFiles },
  ...(mayMount() ? [{ kind: 'a full disk', make: mountDisk }] : []),
];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chat-stream-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function limitFiles(): SmallDisk {
  const folder = newFolder();
  const limit = (bytes: string) => run('prlimit', '--pid', String(process.pid), `--fsize=${bytes}:`);
  const makeRoom = () => limit('unlimited');
  onTestFinished(makeRoom);
  limit(String(SIZE));
  return { folder, makeRoom };
}

function mountDisk(): SmallDisk {
  const folder = newFolder();
  run('mount', '-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder);
  onTestFinished(() => run('umount', '-l', folder));
  return { folder, makeRoom: () => run('mount', '-o', `remount,size=${32 * SIZE}`, folder) };
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'chat-stream-disk-'));
  try {
    run('mount', '-t', 'tmpfs', 'tmpfs', folder);
    run('umount', folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}
