import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { alias } from '../vitest.config.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The chat's server from its source, inside the development server: one command, one port, no build. */
const chatServer = (): Plugin => ({
  name: 'chat-server',
  async configureServer(vite) {
    const load = (await vite.ssrLoadModule(path('../server/src/index.ts'))) as typeof import('chat-stream-server');
    const router = load.createChatRouter({ respond: load.demoResponder(), logger: load.createLogger('warn') });
    const { default: express } = await import('express');
    vite.middlewares.use(express().use('/chat', router));
  },
});

/** The pages ask for the built script; here they get its source, reloaded at every change. */
const elementFromSource = (): Plugin => ({
  name: 'element-from-source',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('src="/chat-stream.js"', `src="/@fs${path('../widget/src/define.ts')}"`),
  },
});

export default defineConfig({
  root: path('.'),
  appType: 'mpa',
  resolve: { alias },
  server: { host: '127.0.0.1', port: Number(process.env.PORT ?? 5173), fs: { allow: [path('..')] } },
  plugins: [chatServer(), elementFromSource()],
});
