/**
 * Takes the place of load-highlighter.ts in the script-tag file, which is one file and a classic script: what is fetched
 * later lies beside it. A classic script knows its own address while it runs; a module is looked up by its name.
 */
const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : undefined;

export async function loadHighlighter(): Promise<typeof import('../highlight/index.js')> {
  const src = own ?? [...document.scripts].find((script) => /\/chat-stream\.js(?:[?#]|$)/.test(script.src))?.src;
  if (src === undefined) throw new Error('Code stays uncoloured: no script of the page is named chat-stream.js.');
  const { href } = new URL('highlight/index.js', src);
  return import(/* @vite-ignore */ href) as Promise<typeof import('../highlight/index.js')>;
}
