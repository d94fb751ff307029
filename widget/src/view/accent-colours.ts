import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type AccentPalette, accentPalette } from './accent-palette.js';
import { contrast, mix, type Rgb, toHex } from './colour.js';

interface AccentHost extends ReactiveControllerHost, HTMLElement {
  readonly accent: string;
  readonly renderRoot: HTMLElement | DocumentFragment;
}

/** WCAG 2.2 AA for text. */
const LEAST_CONTRAST = 4.5;

/**
 * Brands the element with one colour: works out its palette for both themes, with a contrast that can be read. It lies in
 * a sheet of the shadow root, below the page's custom properties. The browser itself reads the colour, and the surfaces.
 */
export class AccentColours implements ReactiveController {
  readonly #host: AccentHost;
  readonly #warn: (message: string) => void;
  #shown = '';
  #sheet: CSSStyleSheet | undefined;

  constructor(host: AccentHost, warn: (message: string) => void) {
    this.#host = host;
    this.#warn = warn;
    host.addController(this);
  }

  hostUpdated(): void {
    const { accent, renderRoot, isConnected } = this.#host;
    if (accent === this.#shown || !isConnected || !(renderRoot instanceof ShadowRoot)) return;
    this.#shown = accent;
    const isColour = accent !== '' && CSS.supports('color', accent);
    if (accent !== '' && !isColour) {
      this.#warn(`accent="${accent}" is no colour, the default stays. Use one such as "#0b6b61".`);
    }
    if (!this.#sheet && isColour) {
      this.#sheet = new CSSStyleSheet();
      renderRoot.adoptedStyleSheets = [...renderRoot.adoptedStyleSheets, this.#sheet];
    }
    this.#sheet?.replaceSync(isColour ? this.#rules(renderRoot, accent) : '');
  }

  #rules(root: ShadowRoot, accent: string): string {
    const probe = document.createElement('i');
    root.append(probe);
    const palettes = (['light', 'dark'] as const).map((theme) => {
      probe.style.colorScheme = theme;
      const [surface, sunken] = [colourOf(probe, 'var(--_surface)', WHITE), colourOf(probe, 'var(--_sunken)', WHITE)];
      const palette = accentPalette(colourOf(probe, accent, surface), { surface, sunken, isDark: theme === 'dark' });
      this.#hint(accent, theme, palette, surface);
      return palette;
    });
    probe.remove();
    const value = (name: keyof AccentPalette) =>
      `light-dark(${palettes.map((palette) => toHex(palette[name])).join()})`;
    return `:host{
      --_accent:var(--chat-accent,${value('text')});
      --_fill:var(--chat-accent,${value('fill')});
      --_accent-hover:var(--chat-accent-hover,${value('hover')});
      --_on-accent:var(--chat-on-accent,${value('onFill')});
      --_bubble:var(--chat-bubble,${value('bubble')});
      --_on-bubble:var(--chat-on-bubble,var(--_ink))}`;
  }

  #hint(accent: string, theme: string, { fill, text }: AccentPalette, surface: Rgb): void {
    if (text === fill) return;
    const has = contrast(fill, surface).toFixed(2);
    this.#warn(
      `accent="${accent}" has a contrast of ${has} in the ${theme} theme; text needs ${LEAST_CONTRAST}: links and lines are ${toHex(text)} there.`,
    );
  }
}

const WHITE: Rgb = [1, 1, 1];

/** A colour as the element `at` sees it, of whatever space and syntax; what shines through it is `below`. */
function colourOf(at: HTMLElement, colour: string, below: Rgb): Rgb {
  // A mix is told in the space it was mixed in: `color(srgb 0.04 0.42 0.38 / 0.5)`.
  at.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
  const [red = 0, green = 0, blue = 0, alpha = 1] =
    getComputedStyle(at)
      .color.match(/-?[\d.]+(e-?\d+)?/g)
      ?.map(Number) ?? [];
  const clamped = [red, green, blue].map((value) => Math.min(1, Math.max(0, value)));
  const opaque: Rgb = [clamped[0] ?? 0, clamped[1] ?? 0, clamped[2] ?? 0];
  return alpha < 1 ? mix(opaque, below, alpha) : opaque;
}
