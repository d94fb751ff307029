import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { adoptColours } from '../../widget/src/highlight/index.js';
import { warnings } from './page.js';
import { Line } from './server.js';
import { ask, open, query, until, write } from './visitor.js';

type Pair = readonly [foreground: string, background: string, least: number];

/** Texts on what they stand on. */
const TEXT: readonly Pair[] = (
  [
    ['ink', ['surface', 'sunken', 'danger-soft', 'warn-soft']],
    ['ink-2', ['surface', 'sunken', 'danger-soft', 'warn-soft']],
    ['ink-3', ['surface', 'sunken']],
    ['accent', ['surface', 'sunken', 'bubble']],
    ['on-accent', ['fill', 'accent-hover']],
    ['on-bubble', ['bubble']],
    ['danger', ['surface', 'danger-soft']],
    ['warn', ['surface', 'warn-soft']],
    ['ok', ['surface']],
    ['code-keyword', ['sunken']],
    ['code-string', ['sunken']],
    ['code-comment', ['sunken']],
    ['code-number', ['sunken']],
    ['surface', ['ink']],
  ] as const
).flatMap(([foreground, grounds]) => grounds.map((ground): Pair => [foreground, ground, 4.5]));

/** Borders and focus rings. */
const LINES: readonly Pair[] = [
  ['line-strong', 'surface', 3],
  ['line-strong', 'sunken', 3],
  ['accent', 'surface', 3],
  ['accent', 'sunken', 3],
];

const THEMES = ['light', 'dark'];
const ACCENTS = ['#FFE600', '#0084FF', '#000', '#FFF'];

describe('contrast', () => {
  let line: Line;
  beforeEach(async () => {
    line = await Line.open();
  });

  for (const accent of ['', ...ACCENTS]) {
    for (const theme of THEMES) {
      it(`is enough ${accent === '' ? 'by default' : `with the accent ${accent}`}, ${theme}`, async () => {
        const element = await open(line.src, { theme, ...(accent !== '' && { accent }) });
        const hover: Pair[] = accent === '' ? [['accent-hover', 'surface', 4.5]] : [];
        for (const [foreground, background, least] of [...TEXT, ...LINES, ...hover]) {
          const has = contrast(token(element, foreground), token(element, background));
          expect(has, `${foreground} on ${background}: ${has.toFixed(2)}`).to.be.at.least(least);
        }
      });
    }
  }
  const token = (element: ChatStreamElement, name: string): Rgb => {
    const [, kind] = /^code-(\w+)$/.exec(name) ?? [];
    return kind ? codeColour(element, kind) : colour(element, `var(--_${name})`);
  };

  it('is what the page shows, down to the link, the button, the bubble and the focus', async () => {
    const element = await open(line.src, { mode: 'floating', open: '' });
    await ask(element, 'A question');
    const reply = await line.next();
    await reply.start();
    await reply.token('See [the terms](https://example.com).\n\n| [a](https://example.com) |\n| --- |\n| 1 |\n', 2);
    await reply.finish(3);
    await until(() => element.status === 'done' && query(element, 'th a'), 'the links');
    await write(element, 'Another');
    const shown = (selector: string, property: 'color' | 'backgroundColor' | 'borderBlockStartColor') =>
      parse(getComputedStyle(query(element, selector)!)[property]);
    for (const [theme, accent] of THEMES.flatMap((each) => ACCENTS.map((one) => [each, one] as const))) {
      Object.assign(element, { theme, accent });
      await element.updateComplete;
      const ending = element.shadowRoot!.getAnimations().filter(({ playState }) => playState === 'running');
      await Promise.allSettled(ending.map(({ finished }) => finished));
      const surface = shown('.panel', 'backgroundColor');
      const pairs = {
        link: [shown('.prose p a', 'color'), surface, 4.5],
        'link in a table’s head': [shown('th a', 'color'), shown('th', 'backgroundColor'), 4.5],
        send: [shown('.go', 'color'), shown('.go', 'backgroundColor'), 4.5],
        mark: [shown('.mark', 'color'), shown('.mark', 'backgroundColor'), 4.5],
        launcher: [shown('.launcher', 'color'), shown('.launcher', 'backgroundColor'), 4.5],
        question: [shown('.bubble', 'color'), shown('.bubble', 'backgroundColor'), 4.5],
        'focus of the field': [shown('.field', 'borderBlockStartColor'), surface, 3],
      } as const;
      for (const [name, [foreground, background, least]] of Object.entries(pairs)) {
        const has = contrast(foreground, background);
        expect(has, `${accent}, ${theme}: ${name} ${has.toFixed(2)}`).to.be.at.least(least);
      }
      expect(hex(shown('.mark', 'backgroundColor')), 'the accent itself').to.equal(long(accent));
      expect(hex(shown('.go', 'backgroundColor')), 'the accent itself').to.equal(long(accent));
      expect(hex(shown('.launcher', 'backgroundColor')), 'the accent itself').to.equal(long(accent));
    }
  });

  it('is kept by another colour of text only where the accent cannot be read, and that is told once', async () => {
    const element = await open(line.src, { theme: 'light', accent: '#0b6b61' });
    const original = hex(token(element, 'accent'));
    expect(original).to.equal('#0b6b61');
    expect(warnings.filter((text) => text.includes('light theme'))).to.deep.equal([]);
    element.accent = '#FFE600';
    await element.updateComplete;
    element.heading = 'Ask us';
    await element.updateComplete;
    expect(hex(token(element, 'fill'))).to.equal('#ffe600');
    expect(warnings.filter((text) => text.includes('#FFE600') && text.includes('light theme'))).to.have.length(1);
    expect(warnings.join('\n')).to.match(/contrast of 1\.2\d in the light theme; .* links and lines are #\w{6} there/);
  });

  it('takes any colour the browser knows, of each theme its own, and tells of what is none', async () => {
    const element = await open(line.src, { theme: 'light', accent: 'light-dark(rebeccapurple, oklch(80% 0.1 300))' });
    expect(hex(token(element, 'fill'))).to.equal('#663399');
    element.theme = 'dark';
    await element.updateComplete;
    expect(hex(token(element, 'fill'))).to.match(/^#c[\w]{5}$/);
    element.accent = 'pinkish';
    await element.updateComplete;
    expect(warnings.join('\n')).to.include('accent="pinkish" is no colour, the default stays');
    expect(hex(token(element, 'fill'))).to.equal('#74d6c7');
    element.accent = '';
    await element.updateComplete;
    expect(hex(token(element, 'fill'))).to.equal('#74d6c7');
    expect(element.getAttribute('style')).to.not.include('--');
  });

  it('is worked out against the surface the page has set, whose own tokens count most', async () => {
    const element = await open(line.src, { theme: 'light' });
    element.style.setProperty('--chat-surface', '#222');
    element.style.setProperty('--chat-sunken', '#333');
    element.style.setProperty('--chat-bubble', '#123456');
    element.accent = '#8cf';
    await element.updateComplete;
    expect(hex(token(element, 'accent'))).to.equal('#88ccff');
    expect(hex(token(element, 'bubble'))).to.equal('#123456');
  });

  it('mixes the bubble as the browser does', async () => {
    // Of accents that can be read as they are.
    for (const [theme, share, accents] of [
      ['light', 10, ['#000', '#0b6b61', '#7a2e8e']],
      ['dark', 18, ['#FFF', '#FFE600', '#74d6c7']],
    ] as const) {
      for (const accent of accents) {
        const element = await open(line.src, { theme, accent });
        const mixed = `color-mix(in oklab, ${accent} ${share}%, var(--_surface))`;
        const bubble = token(element, 'bubble');
        for (const [index, value] of inSrgb(element, mixed).entries()) {
          expect(Math.abs(Math.min(255, value) - bubble[index]!), `${accent}, ${theme}`).to.be.at.most(1);
        }
      }
    }
  });

  it('stays when the element is moved', async () => {
    const element = await open(line.src, { theme: 'light', accent: 'rebeccapurple' });
    const parent = element.parentElement!;
    element.remove();
    await new Promise((resolve) => setTimeout(resolve));
    parent.append(element);
    await element.updateComplete;
    expect(hex(token(element, 'fill'))).to.equal('#663399');
  });
});

type Rgb = readonly number[];

/** As it is computed inside the element. */
function colour(element: ChatStreamElement, value: string): Rgb {
  const probe = element.shadowRoot!.appendChild(document.createElement('i'));
  probe.style.color = value;
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return parse(computed);
}

/** What a kind of word has in a block of code. */
function codeColour(element: ChatStreamElement, kind: string): Rgb {
  adoptColours(element.shadowRoot!);
  const probe = element.shadowRoot!.appendChild(document.createElement('div'));
  probe.className = 'code';
  const word = probe.appendChild(document.createElement('span'));
  word.className = kind;
  const computed = getComputedStyle(word).color;
  probe.remove();
  return parse(computed);
}

/** Of a colour in another space, as the browser converts it. */
function inSrgb(element: ChatStreamElement, value: string): Rgb {
  const probe = element.shadowRoot!.appendChild(document.createElement('i'));
  probe.style.color = `color-mix(in srgb, ${value}, ${value})`;
  const [red = 0, green = 0, blue = 0] = getComputedStyle(probe)
    .color.match(/[\d.]+/g)!
    .map(Number);
  probe.remove();
  return [red * 255, green * 255, blue * 255];
}

function parse(computed: string): Rgb {
  const numbers = computed.match(/[\d.]+/g)!.map(Number);
  expect(computed, 'an opaque colour').to.match(/^rgb\(/);
  return numbers.slice(0, 3);
}

/** WCAG 2.2, once more: not the code that is tested. */
function contrast(one: Rgb, other: Rgb): number {
  const luminance = (rgb: Rgb) => {
    const [red = 0, green = 0, blue = 0] = rgb.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const hex = (rgb: Rgb): string => `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
const long = (short: string): string => {
  const digits = short.slice(1).toLowerCase();
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
};
