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

/** One for all: what was read is looked at before the next is. A buffer of its own is a good part of what a read costs. */
const buffer = Buffer.allocUnsafeSlow(65_536);
let tokens = 0;
let bytes = 0;
let firstEvents = [];
/** How many reads came so many milliseconds late. With a list of them all, its garbage would be what they wait for. */
const late = new Uint32Array(60_000);

function open() {
  return new Promise((resolve, reject) => {
    const session = randomBytes(16).toString('hex');
    const body = '{"content":"Hello"}';
    let askedAt = 0;
    let hasEvent = false;
    const take = (length) => {
      const chunk = buffer.subarray(0, length);
      bytes += length;
      if (!hasEvent && chunk.includes('data:')) {
        hasEvent = true;
        firstEvents.push(performance.now() - askedAt);
      }
      let at = chunk.indexOf(mark);
      if (at >= 0 && at + 14 <= length) countLate(Date.now() - Number(chunk.latin1Slice(at + 1, at + 14)));
      for (; at >= 0; at = chunk.indexOf(mark, at + 1)) tokens++;
      resolve();
      return true;
    };
    const socket = connect({ port: Number(port), host: hostname, onread: { buffer, callback: take } });
    socket.setNoDelay(true);
    socket.on('connect', () => {
      askedAt = performance.now();
      socket.write(
        `POST /sessions/${session}/messages/stream HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
          `Content-Type: application/json\r\nAccept: text/event-stream;v=1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      if (!reads) {
        socket.pause();
        resolve();
      }
    });
    socket.on('error', reject);
  });
}

/** Clocks may be a millisecond apart. */
const countLate = (lateMs) => late[Math.min(late.length - 1, Math.max(0, lateMs))]++;

/** Of what was counted, what a share of it does not go beyond. */
function lateOf(share) {
  const all = late.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return late.findIndex((count) => (seen += count) > share * all);
}

for (let count = 0; count < streams; count += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, streams - count) }, open));
}
process.send?.({ open: streams });

process.on('message', () => {
  const first = firstEvents.toSorted((one, other) => one - other);
  const firstOf = (share) => first[Math.min(first.length - 1, Math.floor(share * first.length))] ?? 0;
  process.send?.({
    tokens,
    bytes,
    lateP50Ms: lateOf(0.5),
    lateP99Ms: lateOf(0.99),
    firstP50Ms: firstOf(0.5),
    firstP99Ms: firstOf(0.99),
  });
  late.fill(0);
  firstEvents = [];
});
process.on('disconnect', () => process.exit());
