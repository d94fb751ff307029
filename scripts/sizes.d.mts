export interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly gzip: number;
  readonly brotli: number;
}
/** What a visitor downloads, as built: whole, and without Lit. */
export function measureSizes(): Promise<Size[]>;
/** Of styles, icons, English and the announcer together, compressed: in bytes. */
export const LOOK_GZIP_LIMIT: number;
/** What is for the eye and the ear: styles, icons, English, the announcer. */
export function measureLook(): Promise<Size>;
/** What is measured of it: its code as it stands in `chat-stream.js`, without what ties its module to others. */
export function bundleLook(): Promise<Buffer>;
/** Bytes as kB with one digit. */
export function kB(bytes: number): string;
