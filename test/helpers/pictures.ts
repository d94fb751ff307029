import type { Page } from 'playwright-core';

/** Tells which pixels of two pictures of the same size (PNG) differ at all; `page` is a blank one that decodes them. */
export function changedPixels(page: Page, before: Buffer, after: Buffer): Promise<number> {
  return page.evaluate(
    async ([first, second]) => {
      const pixelsOf = async (base64: string) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        if (!context) throw new Error('This browser draws nothing off the screen.');
        context.drawImage(bitmap, 0, 0);
        return new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
      };
      const [one, other] = [await pixelsOf(first), await pixelsOf(second)];
      if (one.length !== other.length) return Math.max(one.length, other.length);
      return one.reduce((count, pixel, index) => count + (pixel === other[index] ? 0 : 1), 0);
    },
    [before.toString('base64'), after.toString('base64')] as const,
  );
}
