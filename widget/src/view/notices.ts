import type { ChatErrorCode, ShownReply } from '../reply/index.js';
import { format, formatCountdown } from '../strings-format.js';
import type { Strings } from '../strings.js';

export type NoticeAction = 'retry' | 'copy' | 'reconnect' | 'new-chat';

/** What a visitor is told when a reply does not go well: what happened, what that means, and the ways on. */
export interface Notice {
  readonly tone: 'danger' | 'warn' | 'plain';
  readonly title: string;
  readonly text: string;
  readonly actions: readonly NoticeAction[];
  /** Names the failure for the people behind the site. */
  readonly reference?: string;
  /** How much of the waiting is over, from 0 to 1. */
  readonly progress?: number;
}

/** The notice a reply calls for, in words of `strings` only: nothing a server said is ever shown. */
export function noticeFor(reply: ShownReply, strings: Strings, now: number): Notice | undefined {
  if (reply.phase === 'reconnecting') return waitingNotice(reply, strings, now);
  if (reply.phase !== 'failed' && reply.phase !== 'interrupted') return undefined;
  const notice = failureNotice(reply, strings);
  const { requestId, code } = reply.error ?? {};
  return requestId === undefined
    ? notice
    : { ...notice, reference: format(strings.reference, { id: `${code} · ${requestId}` }, strings.lang) };
}

function waitingNotice({ waiting, error }: ShownReply, strings: Strings, now: number): Notice | undefined {
  if (!waiting) return undefined;
  const { attempt, maxAttempts: max, since, until, isFloor } = waiting;
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const progress = Math.min(1, Math.max(0, (now - since) / Math.max(1, until - since)));
  if (error?.code === 'rate_limited') {
    const text = format(strings.errRateText, { time: formatCountdown(seconds, strings.lang) }, strings.lang);
    return { tone: 'warn', title: strings.errRate, text, actions: [], progress };
  }
  if (error?.code === 'reply_in_progress') {
    return { tone: 'warn', title: strings.busyTitle, text: strings.busyText, actions: [] };
  }
  const pattern = seconds > 0 ? strings.reconnectText : strings.reconnectingNow;
  const text = format(pattern, { attempt, max, seconds }, strings.lang);
  // Where the server asked for patience, a button would do nothing.
  return { tone: 'warn', title: strings.reconnectTitle, text, actions: isFloor ? [] : ['reconnect'], progress };
}

function failureNotice(reply: ShownReply, strings: Strings): Notice {
  const { limit, silenceMs } = reply.error ?? {};
  const silence =
    silenceMs === undefined
      ? strings.errTimeoutText
      : format(strings.errTimeoutSeconds, { seconds: Math.round(silenceMs / 1000) }, strings.lang);
  const arrived = reply.text !== '';
  const danger = (title: string, text: string, ...actions: NoticeAction[]): Notice => ({
    tone: 'danger',
    title,
    text,
    actions: arrived ? [...actions, 'copy'] : actions,
  });
  const misconfigured = (reason: string) =>
    danger(strings.errConfig, format(strings.errConfigText, { reason }, strings.lang));
  switch (kindOf(reply.error?.code)) {
    case 'network':
      return danger(strings.errNetwork, arrived ? strings.errNetworkText : strings.errServerText, 'retry');
    case 'silence':
      return danger(strings.errTimeout, arrived ? strings.errNetworkText : silence, 'retry');
    case 'session':
      return { tone: 'plain', title: strings.errSession, text: strings.errSessionText, actions: ['new-chat'] };
    case 'rate':
      return danger(strings.errRate, strings.errServerText, 'retry');
    case 'too-large':
      return danger(
        strings.errTooLarge,
        limit === undefined
          ? strings.errTooLargeText
          : format(strings.errTooLargeLimit, { count: limit }, strings.lang),
      );
    case 'too-long':
      return danger(strings.errTooLong, strings.errTooLongText);
    case 'refused':
      return danger(strings.errRefused, strings.errRefusedText);
    case 'address':
      return misconfigured(strings.reasonAddress);
    case 'not-a-stream':
      return misconfigured(strings.reasonNotAStream);
    case 'cors':
      return misconfigured(strings.reasonCors);
    case 'version':
      return misconfigured(strings.reasonVersion);
    case 'csp':
      return misconfigured(strings.reasonCsp);
    case 'mixed-content':
      return misconfigured(strings.reasonMixedContent);
    case 'server':
      return danger(strings.errServer, strings.errServerText, 'retry');
  }
}

/** The site has to be mended: until then no message reaches its server. */
export const isMisconfigured = ({ phase, error }: ShownReply): boolean =>
  (phase === 'failed' || phase === 'interrupted') && MISCONFIGURED.includes(kindOf(error?.code));

type Kind =
  | 'network'
  | 'silence'
  | 'session'
  | 'rate'
  | 'too-large'
  | 'too-long'
  | 'refused'
  | 'address'
  | 'not-a-stream'
  | 'cors'
  | 'version'
  | 'csp'
  | 'mixed-content'
  | 'server';

const MISCONFIGURED: readonly Kind[] = ['address', 'not-a-stream', 'cors', 'version', 'csp', 'mixed-content'];

function kindOf(code: ChatErrorCode | undefined): Kind {
  switch (code) {
    case 'network':
    case 'cut':
    case 'reply_lost':
    case undefined:
      return 'network';
    case 'stalled':
    case 'upstream_timeout':
      return 'silence';
    case 'unauthorized':
    case 'session_not_found':
    case 'session_gone':
      return 'session';
    case 'rate_limited':
      return 'rate';
    case 'content_too_large':
      return 'too-large';
    case 'reply_too_long':
      return 'too-long';
    case 'invalid_json':
    case 'invalid_request':
    case 'idempotency_mismatch':
    case 'content_filtered':
    case 'context_too_long':
      return 'refused';
    case 'wrong_address':
    case 'not_found':
      return 'address';
    case 'not_a_stream':
    case 'unsupported_media_type':
      return 'not-a-stream';
    case 'cors_refused':
    case 'origin_not_allowed':
      return 'cors';
    case 'unsupported_protocol':
      return 'version';
    case 'csp_refused':
      return 'csp';
    case 'mixed_content':
      return 'mixed-content';
    default:
      return 'server';
  }
}
