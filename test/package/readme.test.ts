import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formOf } from '../../server/src/config/help.js';
import { settings } from '../../server/src/config/settings.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { bundleLook, LOOK_GZIP_LIMIT, measureLook, measureSizes } from '../../scripts/sizes.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8');
const README = read('README.md');

interface Declaration {
  readonly tagName?: string;
  readonly attributes?: readonly { readonly name: string }[];
  readonly events?: readonly { readonly name: string }[];
  readonly slots?: readonly { readonly name: string }[];
  readonly cssParts?: readonly { readonly name: string }[];
  readonly cssStates?: readonly { readonly name: string }[];
  readonly cssProperties?: readonly { readonly name: string }[];
  readonly members?: readonly { readonly name: string; readonly kind: string; readonly inheritedFrom?: object }[];
}
const element = (
  JSON.parse(read('widget/custom-elements.json')) as { modules: { declarations: Declaration[] }[] }
).modules
  .flatMap(({ declarations }) => declarations)
  .find(({ tagName }) => tagName === 'chat-stream');

/** First cells of the table below a heading, without the marks. */
function tableBelow(heading: string): string[] {
  const section = README.split(/^#{2,3} /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) =>
    [...(row.split(/(?<!\\)\|/)[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  );
}
const names = (list: readonly { readonly name: string }[] | undefined) =>
  (list ?? []).map(({ name }) => name).toSorted();

describe('the README', () => {
  test('shows the two commands', () => {
    expect(README).toMatch(/^npm ci && npm start\b/m);
    expect(README).toMatch(/^npm ci && npm test\b/m);
  });

  test('lists exactly the attributes there are', () => {
    expect(tableBelow('Attributes').toSorted()).toEqual(names(element?.attributes));
  });

  test('lists exactly the events there are', () => {
    expect(
      tableBelow('Events')
        .filter((cell) => cell.startsWith('chat-'))
        .toSorted(),
    ).toEqual(names(element?.events));
  });

  test('lists exactly the methods there are', () => {
    const methods = (element?.members ?? []).filter(({ kind }) => kind === 'method').map(({ name }) => name);
    expect(
      tableBelow('Methods')
        .map((cell) => cell.replace(/\(.*/, ''))
        .toSorted(),
    ).toEqual(methods.toSorted());
  });

  test('names every slot there is', () => {
    const slots = names(element?.slots).filter((name) => name !== '');
    for (const slot of slots) expect(README).toContain(`\`${slot}\``);
  });

  test('lists exactly the custom properties the styles read', () => {
    const sheets = readdirSync(`${ROOT}/widget/src/view`).filter((name) => name.endsWith('.styles.ts'));
    const styles = [...sheets.map((sheet) => `view/${sheet}`), 'highlight/index.ts']
      .map((file) => read(`widget/src/${file}`))
      .join('');
    const used = new Set([...styles.matchAll(/var\(\s*(--chat-[\w-]+)/g)].map((match) => match[1]));
    const section = README.split('### Look')[1]?.split('\n## ')[0] ?? '';
    const listed = new Set([...section.matchAll(/`(--chat-[\w-]+)`/g)].map((match) => match[1]));
    expect([...listed].toSorted()).toEqual([...used].toSorted());
  });

  test.each([
    ['cssProperties', /`(--chat-[\w-]+)`/g, 'Look'],
    ['cssParts', /`([a-z-]+)`/g, 'Parts, for'],
    ['cssStates', /`([a-z-]+)`/g, 'States, for'],
  ] as const)('lists exactly the %s of the manifest', (kind, name, place) => {
    const text = README.split('### Look')[1]?.split('\n## ')[0] ?? '';
    const lines = place === 'Look' ? text : (text.split('\n').find((line) => line.startsWith(place)) ?? '');
    const listed = new Set([...lines.matchAll(name)].map((match) => match[1] ?? ''));
    expect([...listed].toSorted()).toEqual(names(element?.[kind]));
  });

  test('lists exactly the parts the templates have', () => {
    const sources = readdirSync(`${ROOT}/widget/src`, { recursive: true, encoding: 'utf8' });
    const text = sources
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`widget/src/${name}`))
      .join('\n');
    // What is framed is a part by its class's name, or by its kind's.
    const framed = [...text.matchAll(/framed\('\w+', '(\w+)'|case '(\w+)': \{[^}]*framed\('\w+', kind/g)].map(
      ([, name, kind]) => name ?? kind ?? '',
    );
    const given = [...text.matchAll(/\bpart(?:="([\w -]+)"|: '(\w+)'|\.add\('(\w+)'\)|=\$\{([^}]+)\})/g)].flatMap(
      ([, plain, property, added, expression = '']) =>
        [plain, property, added]
          .flatMap((list) => list?.split(' ') ?? [])
          .concat([...expression.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? '')),
    );
    expect([...new Set([...given, ...framed])].toSorted()).toEqual(names(element?.cssParts));
  });

  test('lists exactly the options of DomSink, and names each class it gives', () => {
    const source = ['dom-sink', 'code-frame', 'image-chip']
      .map((name) => read(`widget/src/markdown/${name}.ts`))
      .join('');
    const found = (pattern: RegExp, text = source) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
    const options = found(/readonly (\w+)\??:/g, /interface DomSinkOptions \{([\s\S]*?)\n\}/.exec(source)?.[1]);
    const classes = found(/(?:className: |framed\('\w+', |classList\.toggle\()'([\w-]+)'/g);
    expect(classes.length).toBeGreaterThan(9);
    expect(tableBelow('The renderer alone').slice(0, options.length)).toEqual(options);
    const section = README.split('### The renderer alone')[1]?.split('\n## ')[0];
    // The last of these are named by a kind of element, or by a column's attribute.
    for (const name of [...classes, 'table', 'html', 'left', 'center', 'right'])
      expect(section).toContain(`\`${name}\``);
  });

  test('lists exactly the options of createChatRouter, with their defaults', () => {
    const source = read('server/src/chat-router.ts') + read('server/src/replies/reply-limits.ts');
    const declared = (name: string) =>
      new RegExp(`interface ${name}[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? '';
    const options = [declared('ChatRouterOptions'), declared('ReplyLimits')].flatMap((body) =>
      [...body.matchAll(/readonly (\w+)\??:/g)].map((match) => match[1] ?? ''),
    );
    const section = 'Options of `createChatRouter`';
    expect(
      tableBelow(section)
        .filter((cell) => /^[a-z]\w+$/.test(cell))
        .toSorted(),
    ).toEqual(options.toSorted());
    const defaults = [...README.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [name, value]);
    const inSource = Object.fromEntries(
      [...source.matchAll(/^ {2}(\w+): .*\.default\(([\d_ *]+)\)/gm)].map(([, name, value]) => [
        name,
        product(value ?? ''),
      ]),
    );
    for (const [name, value] of defaults) {
      if (name && name in inSource) expect(Number(value?.replaceAll(',', '')), name).toBe(inSource[name]);
    }
    // The command's own defaults are these, too.
    const [, table = ''] = /const DEFAULTS = \{([^}]*)\}/.exec(read('server/src/limits/visitor-limits.ts')) ?? [];
    for (const [, name = '', value = ''] of table.matchAll(/(\w+): ([\d_]+),/g)) inSource[name] = product(value);
    const shared = settings.filter(({ key }) => key in inSource);
    expect(shared.length).toBeGreaterThanOrEqual(13);
    for (const { key, default: value } of shared) expect(Number(value), key).toBe(inSource[key]);
  });

  test('has the table of the settings that the command takes', () => {
    const section = README.split('### The command\n')[1]?.split('\n### ')[0] ?? '';
    const rows = section.split('\n').filter((line) => /^\| (?:`--|\|)/.test(line));
    const cell = (text: string | undefined) => (text === undefined || text === '' ? '' : `${text} `);
    expect(rows).toEqual(
      settings.map((setting) => {
        const flag = setting.flag === null ? undefined : `\`${formOf(setting)}\``;
        const { variable, key, help } = setting;
        return `| ${cell(flag)}| \`${variable}\` | \`${key}\` | ${cell(setting.default)}| ${help} |`;
      }),
    );
  });

  test('has the sizes of what is built, within a hundredth', async () => {
    const rows = [...README.matchAll(/\|\s+([\d.]+) kB \|\s+([\d.]+) kB \|\s+([\d.]+) kB \|/g)];
    const sizes = await measureSizes();
    expect(rows).toHaveLength(sizes.length);
    for (const [index, { name, bytes, gzip, brotli }] of sizes.entries()) {
      const claimed = (rows[index] ?? []).slice(1).map((kilobytes) => Number(kilobytes) * 1000);
      // Compressors differ a little from one Node to the next.
      for (const [column, measured] of [bytes, gzip, brotli].entries()) {
        const claim = `${name}: the README says ${claimed[column]}, measured ${measured}. Run: npm run sizes`;
        expect(Math.abs((claimed[column] ?? 0) / measured - 1), claim).toBeLessThan(0.01);
      }
    }
  });

  test('is true of a renderer that alone takes 12 KB (of 1,024 bytes) at the most', async () => {
    const renderer = (await measureSizes()).find(({ name }) => name === 'chat-stream/markdown');
    expect(renderer?.gzip).toBeLessThanOrEqual(12 * 1_024);
  });

  test('promises a bound for styles, icons, English and the announcer, and it is kept', async () => {
    const { gzip } = await measureLook();
    expect(gzip).toBeGreaterThan(5_000);
    expect(gzip, 'Compact the styles: npm run sizes').toBeLessThanOrEqual(LOOK_GZIP_LIMIT);
    const [, claimed] = /announcer together at most ([\d.]+) kB/.exec(README) ?? [];
    expect(Number(claimed) * 1_000).toBe(LOOK_GZIP_LIMIT);
  });

  test('counts in that bound all that ships of them, as it ships', async () => {
    const look = String(await bundleLook());
    expect(look).not.toMatch(/\b(import|export)\b|\/\*/);
    const shipped = read('widget/dist/chat-stream.js');
    // But for the names of what is inserted, which each file gives anew.
    const texts = (look.match(/`[^`]*`/g) ?? []).filter((text) => !text.includes('${'));
    expect(texts.length).toBeGreaterThan(100);
    for (const text of texts) expect(shipped).toContain(text);

    const sheets = readdirSync(`${ROOT}/widget/src/view`).filter((name) => name.endsWith('.styles.ts'));
    for (const sheet of sheets) {
      expect(read('widget/src/chat-stream.styles.ts'), sheet).toContain(`'./view/${sheet.replace('.ts', '.js')}'`);
    }
    for (const [key, text] of Object.entries(ENGLISH)) expect(look).toContain(`${key}:\`${text}\``);
    for (const [, line] of read('widget/src/view/icons.ts').matchAll(/(?<=icon\(\s*)'(.*)'/g)) {
      expect(look).toContain(line);
    }
    // Of the announcer, and of each module that gives it its sentences.
    for (const text of ['data-announcer=', '.isConnected||', '{STerm}', 'granularity:`word`']) {
      expect(look).toContain(text);
    }
  });

  test('says how long code is that has no colours', () => {
    const [, most = ''] = /MAX_LENGTH = (.*);/.exec(read('widget/src/view/code-blocks.ts')) ?? [];
    expect(README).toContain(`Code of more than ${product(most).toLocaleString('en')} characters stays in one colour`);
  });

  test('links only to files and headings that exist', () => {
    const anchors = new Set(
      [...README.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        (heading ?? '')
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      ),
    );
    for (const [, target] of README.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target?.startsWith('#')) expect(anchors, target).toContain(target.slice(1));
      else if (!target?.startsWith('http')) expect(existsSync(`${ROOT}/${target}`), target).toBe(true);
    }
  });

  test('names only commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, command] of README.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([command ?? '']);
  });
});

/** `5 * 60_000` as a number. */
const product = (expression: string): number =>
  expression.split('*').reduce((result, factor) => result * Number(factor.replaceAll('_', '').trim()), 1);
