import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';

/** Where the pictures are kept, and where a run puts those that differ. */
export const KEPT = new URL('../../docs/pictures/', import.meta.url);
export const DIFFERENT = new URL('../../test-results/pictures/', import.meta.url);

/**
 * How many pixels may differ, by more than a twentieth of what black and white differ by. With pictures taken on another
 * day it was 9 at the most; the smallest icon is more.
 */
const MOST_PIXELS = 16;
const THRESHOLD = 0.05;

/** A picture is kept at half its size, in few colours: a letter's edge may differ, a place or a colour may not. */
export async function small(screenshot: Buffer): Promise<Buffer> {
  const { width } = await sharp(screenshot).metadata();
  return sharp(screenshot)
    .resize({ width: Math.round(width / 2), kernel: 'mitchell' })
    .png({ palette: true, colours: 64, dither: 0, effort: 10, compressionLevel: 9 })
    .toBuffer();
}

/**
 * How a picture differs from the one that is kept: undefined where it does not. What differs is put aside, beside a
 * picture of the difference.
 */
export async function difference(name: string, picture: Buffer): Promise<string | undefined> {
  const file = new URL(`${name}.png`, KEPT);
  if (!existsSync(file)) return `${name}: there is no such picture. Take it with "npm run pictures".`;
  const [kept, taken] = await Promise.all([pixels(readFileSync(file)), pixels(picture)]);
  const { width, height } = kept;
  if (width !== taken.width || height !== taken.height) {
    return `${name}: is ${taken.width} × ${taken.height}, was ${width} × ${height}`;
  }
  const marks = Buffer.alloc(kept.data.length);
  const count = pixelmatch(kept.data, taken.data, marks, width, height, { threshold: THRESHOLD });
  if (count <= MOST_PIXELS) return undefined;
  mkdirSync(DIFFERENT, { recursive: true });
  writeFileSync(new URL(`${name}.png`, DIFFERENT), picture);
  const raw = { raw: { width, height, channels: 4 as const } };
  writeFileSync(new URL(`${name}-difference.png`, DIFFERENT), await sharp(marks, raw).png().toBuffer());
  return `${name}: ${count} of its pixels differ (see test-results/pictures)`;
}

async function pixels(picture: Buffer): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
