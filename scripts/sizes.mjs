/**
 * `npm run sizes`: what a visitor downloads, as built. The second line is the same file without Lit, for a page that has
 * Lit already, the third the Markdown renderer alone; both are
 * built in memory. The last is fetched when a reply has code, with a grammar for each language.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import loadBesideScript from './load-beside-script.mjs';
import minifyLitTemplates from './minify-lit-templates.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** @returns {Promise<{ name: string, bytes: number, gzip: number, brotli: number }[]>} */
export async function measureSizes() {
  const whole = readFileSync(path('../widget/dist/chat-stream.js'));
  return [
    measure('chat-stream.js', whole),
    measure('without Lit', await bundle('src/define.ts', [loadBesideScript(), minifyLitTemplates()])),
    measure('chat-stream/markdown', await bundle('src/markdown/index.ts', [])),
    measure('highlight/index.js', readFileSync(path('../widget/dist/highlight/index.js'))),
  ];
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
  for (const { name, bytes, gzip, brotli } of await measureSizes()) {
    console.log(
      `${name.padEnd(20)} ${kB(bytes).padStart(9)}   gzip ${kB(gzip).padStart(8)}   brotli ${kB(brotli).padStart(8)}`,
    );
  }
}
