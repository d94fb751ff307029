import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type WidgetFiles, widgetFiles } from '../../server/src/widget-files.js';
import { startChat } from '../helpers/chat.js';

const SCRIPT = readFileSync(createRequire(import.meta.url).resolve('chat-stream/chat-stream.js'));
const A_YEAR = 'public, max-age=31536000, immutable';

async function startWidget(): Promise<{ url: string; widget: WidgetFiles }> {
  const widget = widgetFiles();
  const chat = await startChat({ extend: (app) => app.use('/chat', widget) });
  return { url: chat.url, widget };
}

/** An answer as it came over the line: `fetch` would decompress it. */
async function rawGet(url: string, headers: Record<string, string> = {}) {
  const sent = request(url, { headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe('the script', () => {
  test('has the hash that the tag says, at an address that is good for just these bytes', async () => {
    const { url, widget } = await startWidget();
    const response = await fetch(`${url}${widget.scriptPath}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(SCRIPT)).toBe(true);
    expect(widget.integrity).toBe(`sha384-${createHash('sha384').update(bytes).digest('base64')}`);
    expect(response.headers.get('cache-control')).toBe(A_YEAR);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(widget.scriptPath).toMatch(/^\/chat-stream-[\da-f]{10}\/chat-stream\.js$/);
    expect(widget.scriptTag('https://chat.example/')).toBe(
      `<script type="module" src="https://chat.example${widget.scriptPath}" integrity="${widget.integrity}" crossorigin="anonymous"></script>`,
    );
  });

  test('is also at an address that outlives updates, where a copy counts for an hour and is asked about after', async () => {
    const { url } = await startWidget();
    const response = await rawGet(`${url}/chat-stream.js`);
    expect(response.body.equals(SCRIPT)).toBe(true);
    expect(response.headers['cache-control']).toBe('public, max-age=3600');
    const again = await rawGet(`${url}/chat-stream.js`, { 'If-None-Match': String(response.headers.etag) });
    expect({ status: again.status, length: again.body.length }).toEqual({ status: 304, length: 0 });
    const other = await rawGet(`${url}/chat-stream.js`, { 'If-None-Match': 'W/"other"' });
    expect(other.status).toBe(200);
  });

  test('at the address of other bytes is not there: never others than the tag was made for', async () => {
    const { url } = await startWidget();
    expect((await fetch(`${url}/chat-stream-0123456789/chat-stream.js`)).status).toBe(404);
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)(
    'goes over the line as %s for who takes that, with the same bytes inside',
    async (encoding, decompress) => {
      const { url } = await startWidget();
      const response = await rawGet(`${url}/chat-stream.js`, { 'Accept-Encoding': encoding });
      expect(response.headers).toMatchObject({
        'content-encoding': encoding,
        vary: expect.stringContaining('Accept-Encoding'),
      });
      expect(response.body.length).toBeLessThan(SCRIPT.length / 2);
      expect(decompress(response.body).equals(SCRIPT)).toBe(true);
      const plain = await rawGet(`${url}/chat-stream.js`, { 'Accept-Encoding': 'identity' });
      expect(plain.headers).not.toHaveProperty('content-encoding');
    },
  );
});

describe('the files', () => {
  test('may be loaded by pages of any origin, and what is fetched later lies beside both addresses', async () => {
    const { url, widget } = await startWidget();
    const folder = widget.scriptPath.replace('/chat-stream.js', '');
    for (const name of ['chat-stream.js', 'highlight/index.js', 'highlight/python.js', 'languages/de.js']) {
      for (const [place, cacheControl] of [
        ['', 'public, max-age=3600'],
        [folder, A_YEAR],
      ]) {
        const response = await fetch(`${url}${place}/${name}`, { headers: { Origin: 'https://shop.example' } });
        expect(response.status, `${place}/${name}`).toBe(200);
        expect(Object.fromEntries(response.headers)).toMatchObject({
          'cross-origin-resource-policy': 'cross-origin',
          'access-control-allow-origin': '*',
          'x-content-type-options': 'nosniff',
          'cache-control': cacheControl,
        });
        expect((await response.text()).length).toBeGreaterThan(100);
      }
    }
  });

  test('are no others than a page asks for', async () => {
    const { url } = await startWidget();
    for (const name of [
      'index.js',
      'chat-stream.js.map',
      'languages/de.d.ts',
      'languages/../index.js',
      'languages/%2e%2e/index.js',
      'highlight',
      'constructor',
      '../../package.json',
    ]) {
      expect((await rawGet(`${url}/${name}`)).status, name).toBe(404);
    }
    expect((await fetch(`${url}/chat-stream.js`, { method: 'POST' })).status).toBe(404);
    const head = await fetch(`${url}/chat-stream.js`, { method: 'HEAD', headers: { 'Accept-Encoding': 'identity' } });
    expect(head.headers.get('content-length')).toBe(String(SCRIPT.length));
  });
});
