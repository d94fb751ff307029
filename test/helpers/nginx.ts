import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findOrInstall, freePort, opens } from './installed-program.js';

export interface Nginx {
  /** Leads to the server with nginx's defaults. */
  readonly url: string;
  /** Leads to the server too, but past our `X-Accel-Buffering: no`: a proxy that buffers whatever it is told. */
  readonly bufferingUrl: string;
  close(): Promise<void>;
}

/** Tries for a port that nobody else took between our look and nginx's. */
const TRIES = 5;

/**
 * Starts a real nginx in front of a server on this machine, everything it writes in a temporary folder. `site` is what
 * stands in its `http {}` for a port, if not nginx's defaults.
 * @throws {Error} with one sentence where there is no nginx and none can be installed.
 */
export async function startNginx(
  target: string,
  site: (port: number) => string = (port) => defaultSite(port, target),
): Promise<Nginx> {
  const nginx = findOrInstall({ name: 'nginx', packages: ['nginx-light', 'nginx'], variable: 'NGINX_PATH' });
  for (let tries = TRIES; ; tries--) {
    const folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-nginx-'));
    const port = await freePort();
    writeFileSync(path.join(folder, 'nginx.conf'), configuration(folder, site(port)));
    const child = spawn(
      nginx,
      ['-p', folder, '-c', path.join(folder, 'nginx.conf'), '-e', path.join(folder, 'error.log')],
      {
        stdio: 'ignore',
      },
    );
    const exited = once(child, 'exit');
    const close = async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    };
    if (await opens(port, () => child.exitCode !== null || child.signalCode !== null)) {
      const url = `http://127.0.0.1:${port}`;
      return { url, bufferingUrl: `${url}/buffering`, close };
    }
    const log = readFileSync(path.join(folder, 'error.log'), 'utf8');
    await close();
    if (tries <= 1 || !log.includes('Address already in use'))
      throw new Error(`nginx ended before it was open: ${log}`);
  }
}

const configuration = (folder: string, site: string) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ${site}
}
`;

/** Nothing is said of buffers, timeouts and versions: those are nginx's defaults. */
const defaultSite = (port: number, target: string) => `
server {
  listen 127.0.0.1:${port};
  location / {
    proxy_pass ${target}/;
  }
  location /buffering/ {
    proxy_pass ${target}/;
    proxy_ignore_headers X-Accel-Buffering;
  }
}
`;
