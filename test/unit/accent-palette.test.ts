import { describe, expect, test } from 'vitest';
import { type AccentPalette, accentPalette } from '../../widget/src/view/accent-palette.js';
import { contrast, lightness, mix, type Rgb, toHex, withLightness } from '../../widget/src/view/colour.js';

const rgb = (hex: string): Rgb =>
  [0, 2, 4].map((at) => parseInt(hex.slice(at + 1, at + 3), 16) / 255) as unknown as Rgb;

const GROUNDS = {
  light: { surface: rgb('#ffffff'), sunken: rgb('#f6f6f3'), ink: rgb('#1b1c1e'), isDark: false },
  dark: { surface: rgb('#17181a'), sunken: rgb('#1f2124'), ink: rgb('#ecedee'), isDark: true },
};

/** As a page gets it: in 8 bits. */
const shown = (palette: AccentPalette, name: keyof AccentPalette): Rgb => rgb(toHex(palette[name]));

describe('colours', () => {
  test('have the contrast of WCAG', () => {
    expect(contrast(rgb('#ffffff'), rgb('#000000'))).toBeCloseTo(21);
    expect(contrast(rgb('#767676'), rgb('#ffffff'))).toBeCloseTo(4.54, 2);
  });

  test('mix and shift in oklab', () => {
    expect(toHex(mix(rgb('#ff0000'), rgb('#0000ff'), 0.5))).toBe('#8c53a2');
    expect(lightness(rgb('#808080'))).toBeCloseTo(0.6, 2);
    for (const colour of ['#0b6b61', '#ffe600', '#000000', '#ffffff']) {
      expect(toHex(withLightness(rgb(colour), lightness(rgb(colour))))).toBe(colour);
    }
  });
});

describe.each(['light', 'dark'] as const)('the palette of any accent, %s', (theme) => {
  const { surface, sunken, ink, isDark } = GROUNDS[theme];
  const levels = [0, 0x33, 0x66, 0x80, 0x99, 0xcc, 0xff].map((level) => level / 255);
  const accents = levels.flatMap((red) => levels.flatMap((green) => levels.map((blue): Rgb => [red, green, blue])));

  test('can be read on all it stands on', () => {
    for (const accent of accents) {
      const palette = accentPalette(accent, { surface, sunken, isDark });
      const bubble = shown(palette, 'bubble');
      const pairs: readonly (readonly [string, Rgb, Rgb])[] = [
        ['text on surface', shown(palette, 'text'), surface],
        ['text on sunken', shown(palette, 'text'), sunken],
        ['text on bubble', shown(palette, 'text'), bubble],
        ['ink on bubble', ink, bubble],
        ['on fill', shown(palette, 'onFill'), shown(palette, 'fill')],
        ['on hover', shown(palette, 'onFill'), shown(palette, 'hover')],
      ];
      for (const [name, one, other] of pairs) {
        expect(contrast(one, other), `${toHex(accent)}: ${name}`).toBeGreaterThanOrEqual(4.5);
      }
      expect(palette.fill).toBe(accent);
      expect(Math.abs(lightness(palette.hover) - lightness(accent)), `${toHex(accent)}: hover`).toBeGreaterThan(0.03);
    }
  });

  test('has a bubble that can be told from the surface, also of white and of black', () => {
    for (const accent of accents) {
      const { bubble } = accentPalette(accent, { surface, sunken, isDark });
      expect(Math.abs(lightness(bubble) - lightness(surface)), toHex(accent)).toBeGreaterThan(0.025);
    }
  });

  test('changes an accent no more than it has to', () => {
    for (const accent of accents) {
      const { text, bubble } = accentPalette(accent, { surface, sunken, isDark });
      if (text === accent) continue;
      const nearer = withLightness(text, lightness(text) + (isDark ? -0.01 : 0.01));
      const least = Math.min(...[surface, sunken, bubble].map((ground) => contrast(nearer, ground)));
      expect(least, toHex(accent)).toBeLessThan(4.7);
    }
  });
});
