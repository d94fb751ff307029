/**
 * 128 random bits as 22 letters of base64url. (`crypto.randomUUID` is missing on pages without TLS.)
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (letter) => ({ '+': '-', '/': '_' })[letter] ?? '');
}
