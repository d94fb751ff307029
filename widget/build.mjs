/**
 * Builds `dist/chat-stream.js`, the script-tag file: everything in one, Lit inside, the same for `<script type="module">`
 * and a classic `<script>`. The library for bundlers beside it is the compiler's own output.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import minifyLitTemplates from '../scripts/minify-lit-templates.mjs';

await build({
  root: fileURLToPath(new URL('.', import.meta.url)),
  configFile: false,
  logLevel: 'warn',
  plugins: [minifyLitTemplates()],
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
