import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('peers/', import.meta.url));
const INSTALLED = `${FOLDER}node_modules/.package-lock.json`;

/**
 * Installs what is compared with, where it is not there as its lock says. It has a lock of its own, so that nobody who
 * works on the project or tests it pays for it.
 *
 * @throws {Error} where npm can't.
 */
export function installPeers(): void {
  const lock = `${FOLDER}package-lock.json`;
  if (existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing what is compared with, once …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0)
    throw new Error(`\`npm ci\` failed in test/bench/peers (exit code ${status}). Run it there by hand.`);
}

/** The exact versions compared with, by name. */
export function peerVersions(): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(`${FOLDER}package.json`, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return dependencies;
}
