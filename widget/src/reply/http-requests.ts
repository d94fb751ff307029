import { EVENT_STREAM_MEDIA_TYPE, PROTOCOL_VERSION } from '../protocol/index.js';
import { toJson } from './json.js';
import { isSessionId, isToken } from './session-store.js';
import type { HistoryPage, ReplyRequest, Vote } from './transport.js';

const STREAM_ACCEPT = `${EVENT_STREAM_MEDIA_TYPE};v=${PROTOCOL_VERSION}`;

/** The address of a session below the server, each part encoded. */
export const sessionPath = (sessionId: string): string => `/sessions/${encodeURIComponent(sessionId)}`;

/** The session a path leads to; empty where it leads to none. */
export const sessionIdOf = (path: string): string => /^\/sessions\/([^/?]+)/.exec(path)?.[1] ?? '';

/** Where a reply's stream is asked for. */
export function pathOf(sessionId: string, request: ReplyRequest): string {
  const messages = `${sessionPath(sessionId)}/messages`;
  if (request.kind === 'send') return `${messages}/stream`;
  const message = `${messages}/${encodeURIComponent(request.messageId)}`;
  return request.kind === 'regenerate' ? `${message}/regenerate` : `${message}/stream?after=${request.after}`;
}

/** Where messages are listed; the server's most at once where no page is named. */
export function historyPath(sessionId: string, { limit, before }: HistoryPage = { limit: 200 }): string {
  const from = before === undefined ? '' : `&before=${encodeURIComponent(before)}`;
  return `${sessionPath(sessionId)}/messages?limit=${limit}${from}`;
}

/** Where and how a session is begun. */
export const BEGIN_REQUEST: readonly [path: string, init: RequestInit] = [
  '/sessions',
  { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' },
];

/** The session that was begun, with the token that opens it where it needs one; undefined for any other answer. */
export function begunOf(json: unknown): { readonly id: string; readonly token?: string } | undefined {
  const { id, token } = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  if (!isSessionId(id)) return undefined;
  return { id, ...(isToken(token) && { token }) };
}

/** Where and how a vote is sent. */
export const feedbackRequest = (
  sessionId: string,
  messageId: string,
  vote: Vote,
): [path: string, init: RequestInit] => [
  `${sessionPath(sessionId)}/messages/${encodeURIComponent(messageId)}/feedback`,
  { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: toJson(vote) },
];

/** How: no header beyond what any server's CORS preflight allows. */
export function initOf(request: ReplyRequest): RequestInit {
  const headers = { Accept: STREAM_ACCEPT };
  if (request.kind === 'resume') return { headers };
  const body =
    request.kind === 'send' ? { role: 'user', ...request.message } : { clientMessageId: request.clientMessageId };
  return {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: toJson(body),
  };
}
