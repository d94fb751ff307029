/**
 * `npm run pictures`: takes the pictures of every state, theme, direction and size anew, into `docs/pictures/`, with a
 * sheet that shows them side by side. `npm test` compares what it sees with them. `npm run pictures -- empty sources`:
 * of these states alone.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = new URL('../docs/pictures/', import.meta.url);

const chosen = chosenStates();
const only = chosen.length > 0 ? ['-t', `'(${chosen.join('|')})'`] : [];
must('npm', ['run', '-s', 'build']);
must('npx', ['vitest', 'run', '--project', 'pictures', ...only], { PICTURES: 'take' });
writeFileSync(new URL('index.html', folder), sheet());
console.log('docs/pictures/index.html shows them all.');

/** None: all of them. */
function chosenStates() {
  const given = process.argv.slice(2);
  const known = readFileSync(new URL('../test/pictures/states.ts', import.meta.url), 'utf8');
  const unknown = given.find((state) => !known.includes(`name: '${state}'`));
  if (unknown === undefined) return given;
  console.error(
    `There is no state "${unknown}".\nnpm run pictures -- [STATE …]: e.g. empty sources; without one, all.`,
  );
  process.exit(2);
}

function must(command, args, environment = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exit(status ?? 1);
}

/** A row for each state; in it every size in every theme and direction. */
function sheet() {
  const names = readdirSync(folder).filter((name) => name.endsWith('.png'));
  const states = [...new Set(names.map((name) => name.replace(/-(ltr|rtl)-.*/, '')))];
  const row = (state) => {
    const pictures = names.filter((name) => name.startsWith(`${state}-ltr`) || name.startsWith(`${state}-rtl`));
    const cells = pictures.map((name) => `<figure><img src="${name}" alt="${name}" loading="lazy"></figure>`);
    return `<h2>${state}</h2>\n<div>${cells.join('\n')}</div>`;
  };
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><title>Every state of chat-stream</title>
<style>body{font:15px/1.5 system-ui;background:#888;margin:24px}div{display:flex;flex-wrap:wrap;gap:8px;align-items:start}figure{margin:0}img{display:block}</style>
<h1>Every state of chat-stream</h1>
${states.map(row).join('\n')}
</html>
`;
}
