import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Node's own way. What a middleware puts in its place (compression, a count of bytes) must be given all that is written. */
const plainWrite: unknown = ServerResponse.prototype.write;

/**
 * The socket to which a response's body may be written as chunks of our own, now that its headers are sent: Node makes
 * each chunk of four pieces, holds them to the end of the turn and writes them as a list, which is a tenth of what a
 * token costs (Node 20.20).
 *
 * Undefined where only the response knows how: a middleware wants what is written, the body has no chunks (HTTP/1.0,
 * HEAD), something waits in the response (it stands behind another one on its connection), or this is no HTTP/1.
 */
export function chunkSocketOf(response: ServerResponse): Socket | undefined {
  const { socket, write, chunkedEncoding, headersSent } = response;
  if (!socket || write !== plainWrite || !chunkedEncoding || !headersSent) return undefined;
  return response.writableLength === socket.writableLength ? socket : undefined;
}

/** A text, not empty, as one chunk (RFC 9112 §7.1). */
export const chunkOf = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
