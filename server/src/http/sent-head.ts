import type { ServerResponse } from 'node:http';

/**
 * Lets go of a head that has been sent, which Node keeps to the end of the answer, as it went out and field by field:
 * 3.1 kB of a stream that is open (Node 20.20). Nothing is asked of it any more but whether it was sent; who does ask for
 * a field then, is told that there is none. A Node that keeps it elsewhere, goes on keeping it.
 */
export function forgetHead(response: ServerResponse): void {
  if (!response.headersSent) return;
  const fields = Object.getOwnPropertySymbols(response).find(({ description }) => description === 'kOutHeaders');
  if (fields) Reflect.set(response, fields, null);
  // Not empty: by that Node would know that it was not sent.
  if ('_header' in response) Reflect.set(response, '_header', 'sent');
}
