import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** What a package exports, file by file: for a pattern, each file that fits. */
const exportsOf = (folder: string) =>
  Object.entries(manifestOf(folder).exports).flatMap(([path, target]) => {
    const files = typeof target === 'string' ? { types: undefined, default: target } : target;
    if (!path.endsWith('*')) return [{ path, ...files }];
    const [, place = '', ending = ''] = /^\.\/(.*)\*(.*)$/.exec(files.default) ?? [];
    const names = readdirSync(`${ROOT}/${folder}/${place}`).filter((name) => name.endsWith(ending));
    return names.map((file) => {
      const name = file.slice(0, -ending.length);
      const [types, filled] = [files.types?.replace('*', name), files.default.replace('*', name)];
      return { path: path.replace('*', name), types, default: filled };
    });
  });

/** Runs in a process of its own, as built and by the published name: what a user of the package gets. */
const inNode = (code: string) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT, encoding: 'utf8' }).trim();

describe.each(['widget', 'server'])('the package in %s', (folder) => {
  const manifest = manifestOf(folder);

  test('exports only files that were built', () => {
    const targets = exportsOf(folder).flatMap(({ types, default: file }) => (types ? [types, file] : [file]));
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(existsSync(`${ROOT}/${folder}/${target}`), target).toBe(true);
  });

  test('can be imported in Node by every exported path that is a module', () => {
    const modules = exportsOf(folder)
      .filter(({ types }) => types !== undefined)
      .map(({ path }) => manifest.name + path.slice(1));
    // Each in a process of its own: none may lean on another. The languages are plain tables.
    for (const module of modules.filter((name) => !name.includes('/languages/'))) {
      expect(inNode(`await import('${module}'); console.log('ok')`), module).toBe('ok');
    }
    const tables = modules.filter((name) => name.includes('/languages/'));
    const read = tables.map((name) => `console.log((await import('${name}')).STRINGS.lang);`).join('\n');
    expect(inNode(read).split('\n').filter(Boolean)).toEqual(tables.map((name) => name.split('/').at(-1)));
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
    // One address is worked out while it runs: of what lies beside the file itself.
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

describe('the server', () => {
  /** Every module that a built file loads, by the way it was asked for. */
  const loadedBy = (file: string, seen = new Set<string>()): Set<string> => {
    const source = readFileSync(file, 'utf8');
    for (const [, name = ''] of source.matchAll(/^(?:import|export) (?:[^'"=()]*from )?['"]([^'"]+)['"]/gm)) {
      const path = name.startsWith('.') ? join(dirname(file), name) : name;
      if (seen.has(path)) continue;
      seen.add(path);
      if (name.startsWith('.')) loadedBy(path, seen);
    }
    return seen;
  };

  test('loads the libraries that search pages only where answers come from them, and those that read them in their own process', () => {
    const searching = ['minisearch', 'chokidar'];
    const reading = ['mdast-util-from-markdown', 'hast-util-from-html', 'yaml'];
    const ofIndex = loadedBy(`${ROOT}/server/dist/index.js`);
    const ofKnowledge = loadedBy(`${ROOT}/server/dist/responders/knowledge.js`);
    const ofPages = loadedBy(`${ROOT}/server/dist/knowledge/page-worker.js`);
    expect(ofIndex).toContain('express');
    for (const library of [...searching, ...reading]) {
      expect(ofIndex).not.toContain(library);
      expect(ofKnowledge.has(library)).toBe(searching.includes(library));
      expect(ofPages.has(library)).toBe(reading.includes(library));
    }
    expect(ofKnowledge).not.toContain('express');
  });
});
