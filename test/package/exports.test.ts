import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (folder: string) => JSON.parse(readFileSync(`${ROOT}/${folder}/package.json`, 'utf8')) as Manifest;

/** Runs in a process of its own, as built and by the published name: what a user of the package gets. */
const inNode = (code: string) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT, encoding: 'utf8' }).trim();

describe.each(['widget', 'server'])('the package in %s', (folder) => {
  const manifest = manifestOf(folder);

  test('exports only files that were built', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    );
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(existsSync(`${ROOT}/${folder}/${target}`), target).toBe(true);
  });

  test('can be imported in Node by every exported path that is a module', () => {
    const modules = Object.entries(manifest.exports)
      .filter(([, target]) => typeof target !== 'string')
      .map(([path]) => manifest.name + path.slice(1));
    for (const module of modules) expect(inNode(`await import('${module}'); console.log('ok')`), module).toBe('ok');
  });

  test('has the same version and licence as the other', () => {
    const { version, license } = manifestOf('widget');
    expect(manifest).toMatchObject({ version, license });
    expect(existsSync(`${ROOT}/${folder}/LICENSE`)).toBe(true);
  });
});

describe('the widget', () => {
  test('depends on lit alone', () => {
    expect(Object.keys(manifestOf('widget').dependencies ?? {})).toEqual(['lit']);
  });

  test('speaks the protocol without Lit, a page, or Node', () => {
    expect(
      inNode(
        `import { SseParser } from 'chat-stream/protocol'; console.log(new SseParser().push('data: a\\n\\n')[0].data)`,
      ),
    ).toBe('a');
  });

  test('parses no HTML and runs no text anywhere in its script-tag file', () => {
    const script = readFileSync(`${ROOT}/widget/dist/chat-stream.js`, 'utf8');
    expect(script).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function\(/);
    // Lit sets it once, of a template element, from the element's own templates.
    expect(script.match(/innerHTML\s*=/g)).toHaveLength(1);
  });

  test('is one script without imports, so that it works with and without type="module"', () => {
    const script = readFileSync(`${ROOT}/widget/dist/chat-stream.js`, 'utf8');
    expect(script).not.toMatch(/^\s*(import|export)\b|import\.meta/m);
    // One address is worked out while it runs: of what colours code, beside the file itself.
    expect(script.match(/\bimport\([^)]*\)/g)).toHaveLength(1);
    expect(script).not.toMatch(/\bimport\(\s*["'`]/);
  });
});

describe('the command', () => {
  test('ends with a sentence that names a wrong setting, and no stack', () => {
    const run = () =>
      execFileSync(process.execPath, [`${ROOT}/server/dist/main.js`], {
        env: { ...process.env, PORT: 'abc' },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run).toThrow(/PORT="abc"/);
    expect(run).not.toThrow(/\bat .*main/);
  });

  test('tells what it can do, and refuses what it does not know', () => {
    const run = (argument: string) =>
      execFileSync(process.execPath, [`${ROOT}/server/dist/main.js`, argument], { encoding: 'utf8', stdio: 'pipe' });
    expect(run('--help')).toContain('CHAT_ORIGINS');
    expect(() => run('--prot')).toThrow(/"--prot" is not known/);
  });
});
