/**
 * In the script-tag file, which is one file and a classic script, what is fetched later lies beside it. A classic script
 * knows its own address while it runs; a module is looked up by its name.
 */
const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : undefined;

/**
 * A module from beside the script-tag file.
 * @throws {Error} where no script of the page is that file, or there is no such module.
 */
export async function importBesideScript(path: string): Promise<unknown> {
  const src = own ?? [...document.scripts].find((script) => /\/chat-stream\.js(?:[?#]|$)/.test(script.src))?.src;
  if (src === undefined) throw new Error('No script of the page is named chat-stream.js.');
  const { href } = new URL(path, src);
  return import(/* @vite-ignore */ href);
}
