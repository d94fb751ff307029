/**
 * Builds `dist/chat-stream.js`, the script-tag file: everything in one, Lit inside, the same for `<script type="module">`
 * and a classic `<script>`; and `dist/highlight/`, which colours code and is fetched when a reply has some, highlight.js
 * inside. All else of the library is the compiler's own output.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import joinSheets from '../scripts/join-sheets.mjs';
import loadBesideScript from '../scripts/load-beside-script.mjs';
import ownTrustedTypesPolicy from '../scripts/own-trusted-types-policy.mjs';
import minifyLitTemplates from '../scripts/minify-lit-templates.mjs';
import orderByLikeness from '../scripts/order-by-likeness.mjs';
import shortenPrivateClasses from '../scripts/shorten-private-classes.mjs';
import shortenPrivateProperties from '../scripts/shorten-private-properties.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

const shared = {
  root,
  configFile: false,
  logLevel: 'warn',
};

await build({
  ...shared,
  plugins: [
    loadBesideScript(),
    ownTrustedTypesPolicy(),
    joinSheets(),
    orderByLikeness(),
    shortenPrivateClasses(),
    minifyLitTemplates(),
    shortenPrivateProperties(),
  ],
  build: {
    target: 'es2022',
    sourcemap: true,
    reportCompressedSize: false,
    emptyOutDir: false,
    outDir: 'dist',
    lib: { entry: 'src/define.ts', formats: ['iife'], name: 'ChatStream', fileName: () => 'chat-stream.js' },
    rolldownOptions: { output: { minify: true, codeSplitting: false } },
  },
});

await build({
  ...shared,
  build: {
    target: 'es2022',
    reportCompressedSize: false,
    emptyOutDir: false,
    outDir: 'dist/highlight',
    lib: { entry: 'src/highlight/index.ts', formats: ['es'], fileName: () => 'index.js' },
    rolldownOptions: { output: { minify: true, chunkFileNames: '[name].js' } },
  },
});
