import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { sqliteLog, type SqliteLogOptions } from '../../server/src/log/sqlite.js';

const path = (relative: string) => fileURLToPath(new URL(`../../server/${relative}`, import.meta.url));

/** The store's thread is run as it is built, since Node takes no TypeScript: what is tested must not be an older one. */
function mustBeBuilt(): void {
  const built = statSync(path('dist/.tsbuildinfo'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const stale = readdirSync(path('src/log')).filter((name) => statSync(path(`src/log/${name}`)).mtimeMs > built);
  if (stale.length > 0) throw new Error(`server/src/log/${stale[0]} is newer than its build. Run: npx tsc -b`);
}

mustBeBuilt();

/** A folder of its own; gone when the test is over. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chat-stream-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const newFile = (): string => join(newFolder(), 'chat.db');

/** A log on a file, a new one unless it is named; closed when the test is over. */
export function openLog({ file = newFile(), ...options }: Partial<SqliteLogOptions> = {}): SessionLog {
  const log = sqliteLog({ file, ...options });
  // Closed before its folder goes: what a test registers last is called first.
  onTestFinished(() => log.close().catch(() => {}));
  return log;
}
