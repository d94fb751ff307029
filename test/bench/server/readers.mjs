/**
 * Readers of many streams, in a process of their own: `node readers.mjs '{"url", "streams", "reads", "atOnce"}'`. Asks
 * on plain sockets, so many at once, counts tokens by their mark, and tells how late each read's oldest token was.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { MARK } from './upstream.mjs';

const { url, streams, reads = true, atOnce = 200 } = JSON.parse(process.argv[2] ?? '{}');
const { hostname, port } = new URL(url);
const mark = MARK.charCodeAt(0);

let tokens = 0;
let bytes = 0;
let firstEvents = [];
let lateMs = [];

function open() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const session = randomBytes(16).toString('hex');
    const body = '{"content":"Hello"}';
    socket.setNoDelay(true);
    let askedAt = 0;
    let hasEvent = false;
    socket.on('connect', () => {
      askedAt = performance.now();
      socket.write(
        `POST /sessions/${session}/messages/stream HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
          `Content-Type: application/json\r\nAccept: text/event-stream;v=1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      if (!reads) {
        socket.pause();
        resolve(socket);
      }
    });
    socket.on('error', reject);
    if (!reads) return;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (!hasEvent && chunk.includes('data:')) {
        hasEvent = true;
        firstEvents.push(performance.now() - askedAt);
      }
      let at = chunk.indexOf(mark);
      if (at >= 0 && at + 14 <= chunk.length) lateMs.push(Date.now() - Number(chunk.latin1Slice(at + 1, at + 14)));
      for (; at >= 0; at = chunk.indexOf(mark, at + 1)) tokens++;
      resolve(socket);
    });
  });
}

for (let count = 0; count < streams; count += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, streams - count) }, open));
}
process.send?.({ open: streams });

process.on('message', () => {
  const late = lateMs.toSorted((one, other) => one - other);
  const first = firstEvents.toSorted((one, other) => one - other);
  const of = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  process.send?.({
    tokens,
    bytes,
    lateP50Ms: of(late, 0.5),
    lateP99Ms: of(late, 0.99),
    firstP50Ms: of(first, 0.5),
    firstP99Ms: of(first, 0.99),
  });
  lateMs = [];
  firstEvents = [];
});
process.on('disconnect', () => process.exit());
