import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { alias } from '../vitest.config.js';
import { guidePage } from './guides.mjs';
import { createDemoResponder } from './responder.mjs';

type Knowledge = typeof import('../server/src/responders/knowledge.js');

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The chat's server from its source, inside the development server: one command, one port, no build. */
const chatServer = (): Plugin => ({
  name: 'chat-server',
  async configureServer(vite) {
    const load = (await vite.ssrLoadModule(path('../server/src/index.ts'))) as typeof import('chat-stream-server');
    const knowledge = (await vite.ssrLoadModule(path('../server/src/responders/knowledge.ts'))) as Knowledge;
    const logger = load.createLogger('warn');
    const respond = createDemoResponder({ ...knowledge, ...load }, { folder: path('.'), logger });
    const router = load.createChatRouter({ respond, logger });
    const { default: express } = await import('express');
    const app = express().use('/chat', router);
    app.get(/^\/([\w-]+)\.html$/, async (request, response, next) => {
      const page = await guidePage(path('.'), request.params[0]);
      if (page === undefined) next();
      else response.type('html').send(await vite.transformIndexHtml(request.url, page));
    });
    vite.middlewares.use(app);
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
