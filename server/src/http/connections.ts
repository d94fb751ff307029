import type { Socket } from 'node:net';
import type { RequestHandler, Response } from 'express';

/** Answers that wait behind another one, by their connection. */
const waiting = new WeakMap<Socket, Set<Response>>();

/**
 * Closes every answer whose connection is gone. Node does so for the one that is being sent, but not for those behind it
 * (HTTP/1.1 pipelining): they would count as open for as long as the process runs. (Seen with
 * Node 20.20.)
 */
export const closeWithConnection: RequestHandler = ({ socket }, response, next) => {
  // The one that is being sent has the connection.
  if (response.socket) return next();
  if (socket.destroyed) response.destroy();
  const known = waiting.get(socket);
  const open = known ?? new Set();
  open.add(response);
  response.on('close', () => open.delete(response));
  if (!known) {
    waiting.set(socket, open);
    socket.once('close', () => {
      for (const answer of open) {
        answer.destroy();
        answer.emit('close');
      }
    });
  }
  next();
};
