import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

// Without it, `--help` measures for two minutes, or ends in a stack.
test.each([
  ['chaos', 'chaos'],
  ['durability', 'durability'],
  ['eval-knowledge', 'eval:knowledge'],
  ['bench-redis', 'bench:redis'],
])('scripts/%s.mjs says what it takes, and does nothing, where it is asked for something else', (file, name) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${file}.mjs`, '--help'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^Unknown option '--help'.*\nnpm run ${name} `));
});
