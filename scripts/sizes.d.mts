export interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly gzip: number;
  readonly brotli: number;
}
/** What a visitor downloads, as built: whole, and without Lit. */
export function measureSizes(): Promise<Size[]>;
/** Bytes as kB with one digit. */
export function kB(bytes: number): string;
