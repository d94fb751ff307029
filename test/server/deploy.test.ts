/** What `docs/deploy.md` and the files beside it say, tried. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCommand } from '../../server/src/config.js';
import { settings } from '../../server/src/config/settings.js';
import { prometheusMetrics } from '../../server/src/prometheus.js';
import { startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, StreamClient, V1 } from '../helpers/http.js';
import { startNginx } from '../helpers/nginx.js';
import { startServerProcess } from './server-process.js';

const DOCS = fileURLToPath(new URL('../../docs', import.meta.url));
const read = (name: string) => readFileSync(path.join(DOCS, name), 'utf8');
const TEXTS = ['deploy.md', ...readdirSync(path.join(DOCS, 'deploy')).map((name) => `deploy/${name}`)];

describe('the nginx of the documentation', () => {
  /** The file as it is, but for the port, TLS, and where the server listens. */
  const siteFor = (target: string) => (port: number) =>
    read('deploy/nginx.conf')
      .replace('server 127.0.0.1:8787;', `server ${new URL(target).host};`)
      .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port};`)
      .replaceAll(/^\s*ssl_certificate.*$/gm, '');

  async function startBehindNginx() {
    const chat = await startChat({ prefix: '/', trustProxy: 1, metrics: prometheusMetrics() });
    const target = chat.url.replace(/\/chat$/, '');
    const nginx = await startNginx(target, siteFor(target));
    onTestFinished(() => nginx.close());
    return { chat, url: nginx.url };
  }

  test("hands on each word as it comes, and its own origin is the server's", async () => {
    const { chat, url } = await startBehindNginx();
    const stream = await StreamClient.open(`${url}/sessions/${newSession()}/messages/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: url, ...V1 },
      body: JSON.stringify({ content: 'Hello' }),
    });
    const call = await chat.responder.call();
    expect(await stream.event()).toMatchObject({ type: 'start' });
    call.push('One ');
    expect(await stream.event()).toMatchObject({ type: 'token', content: 'One ' });
    call.end();
    expect((await stream.events()).map(({ type }) => type)).toEqual(['end']);
  });

  test('gives each request the id that its log line has, whatever the visitor calls it', async () => {
    const { chat, url } = await startBehindNginx();
    const response = await fetch(`${url}/sessions/short`, { headers: { 'X-Request-Id': 'visitor-id' } });
    const { requestId } = await expectProblem(response, 400, 'invalid_request');
    expect(requestId).toMatch(/^[\da-f]{32}$/);
    await eventually(() => chat.requests.length > 0);
    expect(chat.requests).toMatchObject([{ requestId }]);
  });

  test('shows nobody the metrics, and the server would not either', async () => {
    const { chat, url } = await startBehindNginx();
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(`${url}/Metrics`)).status).toBe(401);
    expect((await fetch(`${chat.url.replace(/\/chat$/, '')}/metrics`)).status).toBe(200);
  });
});

describe('the documentation of how to run it', () => {
  test('has files of settings that the command takes', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-deploy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'chat.json');
    const examples = [...read('deploy.md').matchAll(/```json\n([\s\S]*?)```/g)];
    expect(examples.length).toBeGreaterThan(0);
    for (const [, json = ''] of examples) {
      writeFileSync(file, json);
      expect(readCommand(['--config', file], {}).type).toBe('serve');
    }
  });

  test('names only variables that there are', () => {
    const known = new Set([...settings.map(({ variable }) => variable), 'CHAT_CONFIG']);
    for (const name of TEXTS) {
      for (const [variable] of read(name).matchAll(/\bCHAT_[A-Z_]*[A-Z]\b/g)) expect(known, name).toContain(variable);
    }
  });

  test('starts the server, as a unit and in a container, with the room for what is new of which it speaks', () => {
    const [flag = ''] = /--max-semi-space-size=\d+/.exec(read('deploy.md')) ?? [];
    expect(read('deploy/chat-stream.service')).toMatch(new RegExp(`^ExecStart=/usr/bin/node ${flag} /`, 'm'));
    expect(read('deploy/Dockerfile')).toContain(`ENTRYPOINT ["node", "${flag}", "node_modules/`);
    const heap = "require('node:v8').getHeapStatistics().heap_size_limit";
    const limit = (option: string) =>
      Number(execFileSync(process.execPath, [option, '-p', heap], { encoding: 'utf8' }));
    // What Node 20 and 22 have otherwise; later ones begin with more.
    expect(limit(flag)).toBeGreaterThan(limit('--max-semi-space-size=16'));
  });

  test.each(['/', '/chat'])(
    'finds a server that lives, and none that does not, in a container, below %s',
    async (prefix) => {
      const [, json = ''] = /^\s*CMD (\[.*\])$/m.exec(read('deploy/Dockerfile')) ?? [];
      const [command, ...args] = JSON.parse(json) as string[];
      const server = await startServerProcess({ CHAT_PREFIX: prefix });
      const check = () => {
        const environment = { ...process.env, PORT: new URL(server.url).port, CHAT_PREFIX: prefix };
        return spawnSync(command ?? '', args, { env: environment }).status;
      };
      expect(check()).toBe(0);
      server.send('SIGKILL');
      await server.exited;
      expect(check()).toBe(1);
    },
  );

  test('gives the server as long to stop as it takes', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(read('deploy/chat-stream.service')) ?? [];
    expect(Number(seconds) * 1_000).toBeGreaterThan(8_000 + 6_500);
  });
});
