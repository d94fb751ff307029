/**
 * `npm run sizes`: what a visitor downloads, as built. The second line is the same file without Lit, for a page that has
 * Lit already, the third the Markdown renderer alone; both are
 * built in memory. Then what is fetched when a reply has code, with a grammar for each language, and the largest of the
 * languages. Last, of the first file, all that is for the eye and the ear: styles, icons, English, the announcer with what
 * gives it its sentences; it has a bound of its own, `LOOK_GZIP_LIMIT`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import MagicString from 'magic-string';
import { build, parseSync } from 'vite';
import joinSheets from './join-sheets.mjs';
import loadBesideScript from './load-beside-script.mjs';
import minifyLitTemplates from './minify-lit-templates.mjs';
import orderByLikeness from './order-by-likeness.mjs';
import shortenPrivateClasses from './shorten-private-classes.mjs';
import shortenPrivateProperties from './shorten-private-properties.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Of styles, icons, English and the announcer together, compressed: in bytes: 9.5 × 1,024. */
export const LOOK_GZIP_LIMIT = 9_728;

const LOOK = {
  styles: 'chat-stream.styles',
  ENGLISH: 'strings',
  ICONS: 'view/icons',
  Announcer: 'view/announcer',
  ReplySpeech: 'view/reply-speech',
};

/** @returns {Promise<{ name: string, bytes: number, gzip: number, brotli: number }[]>} */
export async function measureSizes() {
  const whole = readFileSync(path('../widget/dist/chat-stream.js'));
  return [
    measure('chat-stream.js', whole),
    measure(
      'without Lit',
      await bundle('src/define.ts', [
        loadBesideScript(),
        joinSheets(),
        orderByLikeness(),
        shortenPrivateClasses(),
        minifyLitTemplates(),
        shortenPrivateProperties(),
      ]),
    ),
    measure('chat-stream/markdown', await bundle('src/markdown/index.ts', [])),
    measure('highlight/index.js', readFileSync(path('../widget/dist/highlight/index.js'))),
  ];
}

/** @returns {Promise<{ name: string, bytes: number, gzip: number, brotli: number }>} */
export async function measureLook() {
  return measure('look and announcer', await bundleLook());
}

/**
 * All of the look as it stands in `chat-stream.js`. It is bundled as a module, which has three things that the file has
 * not, and these alone are cut out of it: `import`, for a neighbour's exports; `export`; comments for bundlers.
 */
export async function bundleLook() {
  const code = String(
    await bundle('look.js', [
      look(),
      joinSheets(),
      orderByLikeness(),
      shortenPrivateClasses(),
      minifyLitTemplates(),
      shortenPrivateProperties(),
    ]),
  );
  const { program, comments } = parseSync('look.js', code);
  const shipped = new MagicString(code);
  for (const { type, start, end } of [...program.body, ...comments]) {
    if (/^(Import|ExportNamed)Declaration$|^Block$/.test(type)) shipped.remove(start, end);
  }
  return Buffer.from(shipped.toString());
}

/** An entry that is all of the look, and nothing else: what it imports of the rest is left out. */
const look = () => ({
  name: 'look',
  enforce: 'pre',
  resolveId: (id) => {
    if (id.endsWith('look.js')) return '\0look.js';
    return /\/(reply\/index|strings-format|keyword)\.js$/.test(id) ? { id, external: true } : null;
  },
  load: (id) =>
    id === '\0look.js'
      ? Object.entries(LOOK)
          .map(([name, file]) => `export { ${name} } from '${path(`../widget/src/${file}.ts`)}';`)
          .join('\n')
      : null,
});

function largestLanguage() {
  const names = readdirSync(path('../widget/dist/languages')).filter((name) => name.endsWith('.js'));
  const all = names.map((name) => measure(`languages/${name}`, readFileSync(path(`../widget/dist/languages/${name}`))));
  return all.toSorted((a, b) => b.gzip - a.gzip)[0];
}

/** One file of the library without Lit, built in memory. */
async function bundle(entry, plugins) {
  const [{ output }] = await build({
    root: path('../widget'),
    configFile: false,
    logLevel: 'silent',
    plugins,
    build: {
      target: 'es2022',
      write: false,
      lib: { entry, formats: ['es'] },
      rolldownOptions: { external: /^lit(\/|$)/, output: { minify: true, codeSplitting: false } },
    },
  });
  return Buffer.from(output[0].code);
}

const measure = (name, code) => ({
  name,
  bytes: code.length,
  gzip: gzipSync(code, { level: 9 }).length,
  brotli: brotliCompressSync(code).length,
});

/** Bytes as kB with one digit, as the README has them. */
export const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, bytes, gzip, brotli } of [...(await measureSizes()), largestLanguage(), await measureLook()]) {
    console.log(
      `${name.padEnd(20)} ${kB(bytes).padStart(9)}   gzip ${kB(gzip).padStart(8)}   brotli ${kB(brotli).padStart(8)}`,
    );
  }
}
