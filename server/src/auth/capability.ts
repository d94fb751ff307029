import { errors, jwtVerify, SignJWT } from 'jose';
import { type Clock, systemClock } from '../clock.js';
import type { Auth } from '../http/auth.js';
import { soleOwner } from '../log/session-log.js';
import { checkSecrets, secretKeys } from './secrets.js';

/** Options of {@link capabilityAuth}. */
export interface CapabilityAuthOptions {
  /**
   * Signs the tokens: at least 32 random bytes, e.g. of `openssl rand -base64 32`. Of several the first one signs and all
   * are taken: to change it, put the new one first and drop the old one a `ttlMs` later.
   */
  readonly secret: string | readonly string[];
  /** A token opens its session for so long; afterwards the visitor begins a new one. Milliseconds, default 30 days. */
  readonly ttlMs?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

/** Explicit typing (RFC 8725 §3.11): a token that was made for something else with the same secret is none of these. */
const TYPE = 'chat-session+jwt';
const ALGORITHM = 'HS256';
/** Ten years. */
const MAX_TTL_MS = 10 * 365 * 24 * 60 * 60 * 1_000;

/**
 * Visitors who are not known: who begins a session (`POST /sessions`) gets a token that opens that one, and without it a
 * session's id opens nothing. Nothing is stored: the token is a JWT with the session's id and an expiry, signed with
 * HMAC-SHA-256.
 *
 * ```ts
 * import { capabilityAuth } from 'chat-stream-server/auth';
 * createChatRouter({ respond, auth: capabilityAuth({ secret: process.env.CHAT_SECRET }) });
 * ```
 * @throws {TypeError} where a secret is too short, or the time is none.
 */
export function capabilityAuth(options: CapabilityAuthOptions): Auth {
  const { secret, ttlMs = 30 * 24 * 60 * 60 * 1000, clock = systemClock } = options;
  const secrets = checkSecrets(secret);
  if (!(ttlMs >= 1_000 && ttlMs <= MAX_TTL_MS)) {
    throw new TypeError(`ttlMs: ${ttlMs} is out of range. Use milliseconds from 1000 to ${MAX_TTL_MS}.`);
  }
  const keys = secretKeys(secrets);
  return {
    async begin(sessionId) {
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setSubject(sessionId)
        .setExpirationTime(Math.floor((clock.now() + ttlMs) / 1000))
        .sign(keys[0]);
      return { owner: soleOwner(sessionId), token };
    },
    async identify(token) {
      const checks = {
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(clock.now()),
      };
      for (const key of keys) {
        try {
          const { payload } = await jwtVerify(token, key, checks);
          return { owner: soleOwner(payload.sub ?? '') };
        } catch (error) {
          // The signature is checked first: with the right secret no other one has to be tried.
          if (error instanceof errors.JWTExpired) return { refused: 'expired' };
        }
      }
      return { refused: 'invalid' };
    },
  };
}
