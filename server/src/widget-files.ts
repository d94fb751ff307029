import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import express from 'express';

/** How long a copy of a file counts whose name outlives its content: an update reaches pages within it. */
const MAX_AGE_S = 3_600;

/** Serves the element's files; knows the tag that loads them. */
export interface WidgetFiles extends express.Router {
  /** Where the script of exactly these bytes lies, below where the router is mounted: `/chat-stream-1f2e…/chat-stream.js`. */
  readonly scriptPath: string;
  /** The script's hash, for the attribute `integrity`: `sha384-…`. */
  readonly integrity: string;
  /** The tag to paste, for the address where the router is mounted, e.g. `https://chat.example`. */
  scriptTag(baseUrl: string): string;
}

/** A file, and what of it was asked for compressed so far. */
interface WidgetFile {
  readonly body: Buffer;
  readonly etag: string;
  readonly encoded: Map<Encoding, Buffer>;
}

type Encoding = 'br' | 'gzip';

/**
 * A router that serves the element: `/chat-stream.js`, and beside it `/highlight/` and `/languages/`, which that file
 * fetches when a reply has code, and when a page is not in English. They are the only files that pages of any origin may
 * load (CORP, CORS). The same files also lie in a folder named by their content, where they never change: the address for
 * a tag with `integrity`, which an update of the server would otherwise break. The files are read once, so that what is
 * served is what was hashed.
 * @throws {Error} `MODULE_NOT_FOUND` where the package `chat-stream` is not installed beside this one.
 */
export function widgetFiles(): WidgetFiles {
  const script = createRequire(import.meta.url).resolve('chat-stream/chat-stream.js');
  const files = readFiles(path.dirname(script));
  const integrity = `sha384-${createHash('sha384')
    .update(files.get(SCRIPT)?.body ?? '')
    .digest('base64')}`;
  const folder = `/chat-stream-${fingerprint(files)}`;
  const router = express.Router();
  // CORP lets a page under cross-origin isolation load them; nosniff holds for all the server sends.
  const serve =
    (cacheControl: string): express.RequestHandler =>
    (request, response, next) => {
      const file = files.get(request.path.slice(1));
      if (!file) return next();
      response.set({
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Access-Control-Allow-Origin': '*',
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': cacheControl,
        ETag: file.etag,
      });
      response.vary('Accept-Encoding').type('text/javascript');
      const encoding = request.acceptsEncodings('br', 'gzip', 'identity');
      if (encoding === 'br' || encoding === 'gzip') {
        response.set('Content-Encoding', encoding).send(compressed(file, encoding));
      } else response.send(file.body);
    };
  router.get(/./, serve(`public, max-age=${MAX_AGE_S}`));
  router.use(folder, express.Router().get(/./, serve('public, max-age=31536000, immutable')));
  const scriptPath = `${folder}/${SCRIPT}`;
  return Object.assign(router, {
    scriptPath,
    integrity,
    scriptTag: (baseUrl: string) =>
      `<script type="module" src="${baseUrl.replace(/\/$/, '')}${scriptPath}" integrity="${integrity}" crossorigin="anonymous"></script>`,
  });
}

const SCRIPT = 'chat-stream.js';

/** The script and what it fetches, by path. Nothing else of the folder: it also holds the modules for bundlers. */
function readFiles(folder: string): ReadonlyMap<string, WidgetFile> {
  const beside = ['highlight', 'languages'].flatMap((name) =>
    readdirSync(path.join(folder, name))
      .filter((file) => file.endsWith('.js'))
      .map((file) => `${name}/${file}`),
  );
  return new Map(
    [SCRIPT, ...beside].map((name) => {
      const body = readFileSync(path.join(folder, name));
      // Weak: the same for each encoding.
      const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      return [name, { body, etag, encoded: new Map() }];
    }),
  );
}

/** Compressed once: of 191 kB of the script 67 are left, or 63. Brotli's best (59) would hold streams up for 250 ms. */
function compressed({ body, encoded }: WidgetFile, encoding: Encoding): Buffer {
  const known = encoded.get(encoding);
  if (known) return known;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  const made = encoding === 'gzip' ? gzipSync(body, { level: 9 }) : brotliCompressSync(body, { params: quality });
  encoded.set(encoding, made);
  return made;
}

/** Ten hexadecimal digits that are others as soon as one byte of one file is. */
function fingerprint(files: ReadonlyMap<string, WidgetFile>): string {
  const hash = createHash('sha256');
  for (const [name, { body }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0`).update(body);
  return hash.digest('hex').slice(0, 10);
}
