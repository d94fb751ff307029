import { describe, expect, test } from 'vitest';
import { pages, plain } from '../helpers/demo-pages.js';

describe.each(pages)('the page $name', ({ html }) => {
  test('holds under a strict policy: nothing inline, nothing from elsewhere, no script but the element', () => {
    expect(html).not.toMatch(/\sstyle\s*=|<style|\son\w+\s*=|javascript:/i);
    expect(html.match(/<script[^>]*>[^<]*<\/script>/g)).toEqual([
      '<script type="module" src="/chat-stream.js"></script>',
    ]);
    const loaded = [...html.matchAll(/<(?:link|img|script|iframe|source)\b[^>]*?(?:href|src)="([^"]*)"/g)].map(
      (hit) => hit[1],
    );
    for (const address of loaded)
      expect(address).toMatch(/^(?:data:image\/svg\+xml,|(?:frame|content)\.css$|\/chat-stream\.js$)/);
  });

  test('has one main heading and a main landmark, in a language', () => {
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html.match(/<main/g)).toHaveLength(1);
    expect(html).toMatch(/<html lang="en">/);
  });

  test('links only to what exists', () => {
    const targets = [...html.matchAll(/href="((?:[a-z]+\.html)?(?:#[\w-]+)?)"/g)].map((hit) => hit[1] ?? '');
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) {
      const [name, id] = target.split('#');
      const page = name ? pages.find((other) => other.name === name)?.html : html;
      expect(page, target).toBeDefined();
      if (id) expect(page, target).toContain(`id="${id}"`);
    }
  });
});

/** All but the page that is the chat. */
describe.each(pages.filter(({ name }) => name !== 'help.html'))('the page $name of the shop', ({ html }) => {
  test('has a way past the header, and a note that all is made up', () => {
    expect(html).toContain('<a class="skip" href="#content">');
    expect(html).toContain('<main id="content"');
    expect(plain(html)).toContain('Tidewater is made up');
  });
});
