/**
 * `npm test`: every test there is, in order of speed, with coverage. Builds what is tested as built, and finds a browser
 * (or installs one). The last line, `N passed, N failed`, counts all of them.
 */
import { spawn, spawnSync } from 'node:child_process';

const counts = { passed: 0, failed: 0 };

must('npm', ['run', '-s', 'build']);
must(process.execPath, ['scripts/browsers.mjs', '--ensure', 'chromium']);
const results = [
  await suite('npx', ['vitest', 'run', '--coverage', ...process.argv.slice(2)]),
  await suite('npx', ['wtr', '--coverage']),
];
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exit(results.every((ok) => ok) && counts.failed === 0 && counts.passed > 0 ? 0 : 1);

function must(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs one runner, passes its output on, and adds up the closing line its count reporter prints. */
function suite(command, args) {
  return new Promise((resolve) => {
    const runner = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let tail = '';
    runner.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      tail = (tail + text).slice(-4_000);
    });
    runner.on('close', (code) => {
      const [, passed, failed] = /^\w+: (\d+) passed, (\d+) failed/m.exec(tail) ?? [];
      if (passed === undefined) counts.failed++;
      counts.passed += Number(passed ?? 0);
      counts.failed += Number(failed ?? 0);
      resolve(code === 0);
    });
  });
}
