import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  jwtVerify,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { type Clock, systemClock } from '../clock.js';
import type { Auth } from '../http/auth.js';
import { checkSecrets, secretKeys } from './secrets.js';

/** The keys of whoever signs the tokens: exactly one of the three. */
export type JwtKeys =
  | {
      /** At least 32 bytes, shared with who signs; of several all are taken. */
      readonly secret: string | readonly string[];
    }
  | {
      /** The public keys themselves. */
      readonly jwks: JSONWebKeySet;
    }
  | {
      /**
       * Where the public keys are, by https (to this machine itself by http, too). They are kept for 10 minutes, and
       * fetched again for an unknown key at most every 30 seconds. A redirect is not followed.
       */
      readonly jwksUrl: string;
    };

/** Options of {@link jwtAuth}. */
export type JwtAuthOptions = JwtKeys & {
  /** What `iss` must be. Default: anything; name it where the keys sign for others, too. */
  readonly issuer?: string | readonly string[];
  /** What `aud` must hold. Default: anything; name it where the keys sign for other services, too. */
  readonly audience?: string | readonly string[];
  /** Default: HS256 with a secret; else RS256, PS256, ES256 and EdDSA. */
  readonly algorithms?: readonly string[];
  /** The claim that names the user, a text. Default `sub`. */
  readonly subjectClaim?: string;
  /** By so much the clocks may differ. Seconds up to 600, default 5. */
  readonly clockToleranceS?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
};

/** Signatures that are checked with a public key. Never `none`; never a secret's, or the public key could serve as one. */
const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
const DEFAULT_PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'];
const MAX_SUBJECT_LENGTH = 255;
/** Clocks that differ by more are to be set right: a token would outlive its expiry by as much. */
const MAX_TOLERANCE_S = 600;

/**
 * Visitors whom the site knows: their page hands the element a JWT (`getToken`), and a session belongs to the user it was
 * begun for. The token must have an expiry (`exp`) and name its user; who is known can list his sessions.
 *
 * ```ts
 * import { jwtAuth } from 'chat-stream-server/auth';
 * const auth = jwtAuth({ jwksUrl: 'https://id.example/.well-known/jwks.json', issuer: 'https://id.example', audience: 'chat' });
 * ```
 * @throws {TypeError} where an option is wrong.
 */
export function jwtAuth(options: JwtAuthOptions): Auth {
  const { subjectClaim = 'sub', clockToleranceS = 5, clock = systemClock, issuer, audience } = options;
  const { keys, algorithms } = readKeys(options);
  if (!(clockToleranceS >= 0 && clockToleranceS <= MAX_TOLERANCE_S)) {
    throw new TypeError(`clockToleranceS: ${clockToleranceS} is none. Use seconds from 0 to ${MAX_TOLERANCE_S}.`);
  }
  const checks: JWTVerifyOptions = {
    algorithms: [...algorithms],
    clockTolerance: clockToleranceS,
    requiredClaims: ['exp', subjectClaim],
    ...(issuer !== undefined && { issuer: mutable(issuer) }),
    ...(audience !== undefined && { audience: mutable(audience) }),
  };
  return {
    async identify(token) {
      for (const key of keys) {
        try {
          const { payload } = await jwtVerify(token, key, { ...checks, currentDate: new Date(clock.now()) });
          const owner = payload[subjectClaim];
          const isName = typeof owner === 'string' && owner !== '' && owner.length <= MAX_SUBJECT_LENGTH;
          return isName ? { owner } : { refused: 'invalid' };
        } catch (error) {
          if (error instanceof errors.JWTExpired) return { refused: 'expired' };
          if (areKeysAway(error)) throw error;
        }
      }
      return { refused: 'invalid' };
    },
  };
}

function readKeys(options: JwtAuthOptions): {
  readonly keys: readonly (JWTVerifyGetKey | (() => Uint8Array))[];
  readonly algorithms: readonly string[];
} {
  const { secret, jwks, jwksUrl }: PossibleKeys = options;
  const given = Object.entries({ secret, jwks, jwksUrl }).flatMap(([name, value]) => (value === undefined ? [] : name));
  if (given.length !== 1) {
    throw new TypeError(`jwtAuth: ${given.join(' and ') || 'no key'} is given. Give one of secret, jwks, jwksUrl.`);
  }
  const possible = secret === undefined ? PUBLIC_KEY_ALGORITHMS : SECRET_ALGORITHMS;
  const algorithms = options.algorithms ?? (secret === undefined ? DEFAULT_PUBLIC_KEY_ALGORITHMS : ['HS256']);
  for (const algorithm of algorithms) {
    if (possible.includes(algorithm)) continue;
    throw new TypeError(
      `algorithms: "${algorithm}" can't be used with ${given[0]}. Use some of ${possible.join(', ')}.`,
    );
  }
  if (algorithms.length === 0) throw new TypeError(`algorithms: none is named. Use some of ${possible.join(', ')}.`);
  if (secret !== undefined) return { keys: secretKeys(checkSecrets(secret)).map((key) => () => key), algorithms };
  if (jwks !== undefined) return { keys: [localKeys(jwks)], algorithms };
  return { keys: [createRemoteJWKSet(readKeysUrl(jwksUrl))], algorithms };
}

/** As a program may hand them in: each of them, and undefined where it is not wanted. */
interface PossibleKeys {
  readonly secret?: string | readonly string[] | undefined;
  readonly jwks?: JSONWebKeySet | undefined;
  readonly jwksUrl?: string | undefined;
}

function localKeys(jwks: JSONWebKeySet): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(jwks);
  } catch (cause) {
    throw new TypeError('jwks: this is no set of public keys. Write it like { keys: [{ kty: "EC", … }] }.', { cause });
  }
}

function readKeysUrl(jwksUrl = ''): URL {
  const url = URL.canParse(jwksUrl) ? new URL(jwksUrl) : undefined;
  const isLocal = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) return url;
  throw new TypeError(
    `jwksUrl: "${jwksUrl}" is no https address. Write it like https://id.example/.well-known/jwks.json`,
  );
}

/** It is not the token that is wrong: the keys could not be had, or are none. */
const areKeysAway = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === errors.JOSEError.code;

const mutable = (values: string | readonly string[]): string | string[] =>
  typeof values === 'string' ? values : [...values];
