/**
 * One life of a process that will be killed: 16 visitors ask and are answered, as fast as the store acknowledges. Each
 * acknowledgement is told at once, in one write to a file: that outlives the process, however it ends.
 */
import { openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { sqliteLog } from 'chat-stream-server/sqlite';

const [file, life, reports] = process.argv.slice(2);
const out = openSync(reports, 'a');
const log = sqliteLog({ file });
const tell = (report) => writeSync(out, `${JSON.stringify(report)}\n`);

// Whoever was to kill it has gone first.
process.on('disconnect', () => process.exit());
await log.check();
process.send('ready');
await Promise.all(Array.from({ length: 16 }, (_, visitor) => converse(visitor)));

async function converse(visitor) {
  for (let turn = 0; ; turn++) {
    const key = `${life}-${visitor}-${turn}`;
    // Old sessions and new ones.
    const session = turn % 3 === 2 ? `session-${key}` : `session-${visitor}`;
    const claim = await log.claim(session, {
      intent: { kind: 'message', content: `Question ${key}` },
      clientMessageId: key,
    });
    if (claim.status !== 'started') {
      tell({ type: 'refused', key, status: claim.status });
      return;
    }
    const { user, assistant } = claim;
    tell({ type: 'claimed', key, session, messageId: assistant.id, id: user.lastEventId });
    await answer(session, assistant.id, key, (visitor * 7 + turn) % 12);
  }
}

/** Answers in a few words; some take so long that a part of them is written meanwhile. */
async function answer(session, messageId, key, words) {
  let cursor = 0;
  let length = 0;
  for (let word = 0; word < words; word++) {
    const content = `${key}/${word} `;
    await log.append(session, messageId, [{ type: 'token', content, at: length }]);
    length += content.length;
    cursor = (await log.read(session, messageId, cursor, 1_000)).at(-1)?.id ?? cursor;
    tell({ type: 'seen', session, id: cursor });
    await setTimeout(words > 9 ? 40 : 1);
  }
  await log.append(session, messageId, [{ type: 'end', messageId, reason: 'complete', length }]);
  tell({ type: 'ended', key, words });
}
