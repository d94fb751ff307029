/**
 * `npm test`: every test there is, in order of speed. Builds what is tested as built, and finds a browser (or installs
 * one). Names of browsers as arguments: the element tests run in these, all at once (Chromium alone without).
 * `--element`: the element tests alone (`npm run test:all-browsers`: in three engines). `--built`: what is tested as built
 * is there. `--coverage`: tells which lines are run, which takes a tenth longer. The last line, `N passed, N failed`, counts all of them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** A runner that has told its result but is still there after this long is ended; under load one was seen to stay. */
const LINGER_MS = 60_000;
const ENGINES = ['chromium', 'firefox', 'webkit'];
const USAGE = `npm test -- [--element] [--built] [--coverage] [${ENGINES.join('] [')}]`;

const counts = { passed: 0, failed: 0 };
const { element, built, coverage, browsers } = readArguments();
const measured = coverage ? ['--coverage'] : [];

if (!built) must('npm', ['run', '-s', 'build']);
must(process.execPath, ['scripts/browsers.mjs', '--ensure', ...browsers]);
const results = [];
if (!element) results.push(await suite('npx', ['vitest', 'run', ...measured]));
// Much of what an element does is waiting: the engines run beside each other.
const engines = ['--concurrent-browsers', String(browsers.length)];
results.push(await suite('npx', ['wtr', ...measured, ...engines], { BROWSERS: browsers.join() }));
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exit(results.every((ok) => ok) && counts.failed === 0 && counts.passed > 0 ? 0 : 1);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        element: { type: 'boolean' },
        built: { type: 'boolean' },
        coverage: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const unknown = positionals.find((name) => !ENGINES.includes(name));
    if (unknown !== undefined) throw new Error(`"${unknown}" is no browser.`);
    return { ...values, browsers: positionals.length > 0 ? positionals : ['chromium'] };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function must(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs one runner, passes its output on, and adds up the closing line its count reporter prints. */
function suite(command, args, environment = {}) {
  return new Promise((resolve) => {
    const runner = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
      detached: true,
    });
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => {
        process.kill(-Number(runner.pid), signal);
        process.exit(1);
      });
    }
    let tail = '';
    let result;
    let linger;
    runner.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      tail = (tail + text).slice(-4_000);
      result ??= /^\w+: (\d+) passed, (\d+) failed/m.exec(tail);
      if (!result) return;
      linger ??= setTimeout(() => {
        console.log(`\n${args[0]} has told its result but does not end: it is ended.`);
        process.kill(-Number(runner.pid), 'SIGKILL');
      }, LINGER_MS);
    });
    runner.on('close', (code, signal) => {
      clearTimeout(linger);
      const [, passed = '0', failed = '1'] = result ?? [];
      counts.passed += Number(passed);
      counts.failed += Number(failed);
      // Ended from here: the count alone decides.
      resolve(code === 0 || (signal === 'SIGKILL' && failed === '0'));
    });
  });
}
