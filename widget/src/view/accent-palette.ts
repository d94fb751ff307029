import { contrast, lightness, mix, type Rgb, withLightness } from './colour.js';

/** What the accent stands on, in one theme. */
export interface Ground {
  readonly surface: Rgb;
  readonly sunken: Rgb;
  readonly isDark: boolean;
}

/** The colours that one accent gives, in one theme. */
export interface AccentPalette {
  /** Of buttons and the mark: the accent as it is. */
  readonly fill: Rgb;
  readonly hover: Rgb;
  readonly onFill: Rgb;
  /** Of links, focus and the caret: the accent, or as near to it as can be read. */
  readonly text: Rgb;
  readonly bubble: Rgb;
}

/** WCAG 2.2 AA for text, and a little for what rounding to 8 bits takes. */
const READABLE = 4.55;
const WHITE: Rgb = [1, 1, 1];
const BLACK: Rgb = [0, 0, 0];
/** So much darker or lighter, by as little of black or white. */
const HOVER = 0.08;
const MOST_HOVER = 0.3;

/** The colours that follow from one accent; each has the contrast its use asks for (WCAG 2.2 §1.4.3, §1.4.11). */
export function accentPalette(accent: Rgb, { surface, sunken, isDark }: Ground): AccentPalette {
  // One of the two is always above 4.58.
  const onFill = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
  // Of white on white, and black on black, nothing would be seen.
  const bubble = mix(readable(accent, [surface, sunken], isDark), surface, isDark ? 0.18 : 0.1);
  return {
    fill: accent,
    hover: hoverOf(accent, onFill),
    onFill,
    text: readable(accent, [surface, sunken, bubble], isDark),
    bubble,
  };
}

/** Away from what stands on it, so that it stays readable; back where that way ends, as for white and for pure green. */
function hoverOf(fill: Rgb, onFill: Rgb): Rgb {
  const now = lightness(fill);
  const [darker, lighter] = [HOVER / now, HOVER / (1 - now)];
  const isDarker = onFill === WHITE ? darker <= MOST_HOVER : lighter > MOST_HOVER;
  return isDarker ? mix(BLACK, fill, darker) : mix(WHITE, fill, lighter);
}

/** The least change of lightness after which it can be read on all of the grounds. */
function readable(accent: Rgb, grounds: readonly Rgb[], isDark: boolean): Rgb {
  const isEnough = (colour: Rgb) => grounds.every((ground) => contrast(colour, ground) >= READABLE);
  if (isEnough(accent)) return accent;
  let [bad, good] = [lightness(accent), isDark ? 1 : 0];
  for (let step = 0; step < 12; step++) {
    const middle = (bad + good) / 2;
    if (isEnough(withLightness(accent, middle))) good = middle;
    else bad = middle;
  }
  return withLightness(accent, good);
}
