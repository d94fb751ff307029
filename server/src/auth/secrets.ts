/** HMAC-SHA-256 wants a key as long as its output (RFC 7518 §3.2). */
const MIN_SECRET_BYTES = 32;

/** PEM and JWK. A site's public key is known to everybody: as a secret it would let anybody sign. */
const PUBLIC_KEY = /^\s*(?:-----BEGIN [A-Z0-9 ]*(?:PUBLIC KEY|CERTIFICATE)-----|\{[\s\S]*"kty"\s*:\s*"(?:RSA|EC|OKP)")/;

/** Whether a secret is a public key, which was meant to check signatures and not to make them. */
export const isPublicKey = (secret: string): boolean => PUBLIC_KEY.test(secret);

/** @throws {TypeError} for a secret that could be guessed, or that is a public key; it is not named, since errors end up in logs. */
export function checkSecrets(secret: string | readonly string[]): readonly [string, ...string[]] {
  // What a variable of the environment holds may be undefined, whatever its type says.
  const [first, ...others] = typeof secret === 'string' ? [secret] : Array.isArray(secret) ? secret : [];
  for (const one of [first, ...others]) {
    if (typeof one === 'string' && isPublicKey(one)) {
      throw new TypeError(
        'secret: one is a public key, which everybody may know. Give it in jwks, or its address as jwksUrl.',
      );
    }
    const bytes = typeof one === 'string' ? Buffer.byteLength(one) : 0;
    if (bytes >= MIN_SECRET_BYTES) continue;
    throw new TypeError(
      `secret: one has ${bytes} bytes, at least ${MIN_SECRET_BYTES} are needed. Make one with: openssl rand -base64 32`,
    );
  }
  return [first as string, ...others];
}

/** Secrets as keys for HMAC, in their order. */
export const secretKeys = ([first, ...others]: readonly [string, ...string[]]): [Uint8Array, ...Uint8Array[]] => [
  Buffer.from(first),
  ...others.map((secret) => Buffer.from(secret)),
];
