import { createHash } from 'node:crypto';

/** A script of Redis: what it changes is changed at once, or not at all. All keys of one call share a hash tag. */
export interface RedisScript {
  readonly source: string;
  readonly sha: string;
}

/**
 * `KEYS` of every script of a session: its hash, its log (a stream), its channel, its messages (a sorted set: id by the
 * position at which each begins), its clients' keys (a hash), its tombstone.
 *
 * Fields of the hash: `created` `updated` `owner` `title` `meta` (of the session), `count` (epochs so far), `lease` (of
 * the running reply: message, epoch and node, by spaces), `stop` (how much of it is to be kept), `seen` (when a reader
 * on another machine was there last), `bytes`, `cuts` (ranges of positions that an edit or a new version superseded).
 *
 * What scripts share: each is given what it names, since Redis builds that anew at every call.
 */
const SHARED = {
  now: `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end`,
  last: `
local function last()
  local top = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  return top and tonumber(string.match(top[1], '^%d+')) or 0
end`,
  expire: `
local function expire(ttl)
  for _, i in ipairs({ 1, 2, 4, 5 }) do redis.call('PEXPIRE', KEYS[i], ttl) end
end`,
  superseded: `
local function superseded(at)
  local cuts = redis.call('HGET', KEYS[1], 'cuts') or ''
  for from, to in string.gmatch(cuts, '(%d+)-(%d+)') do
    if at >= tonumber(from) and at <= tonumber(to) then return true end
  end
  return false
end`,
} as const;

/** What only shrinks, ends or marks must work in a full Redis too: else nothing in it could ever end. */
const EVEN_WHEN_FULL = '#!lua flags=allow-oom';

/** Makes a script of its body and of what it shares with others. `evenWhenFull`: it runs beyond `maxmemory`, too. */
export function script(body: string, { evenWhenFull = false } = {}): RedisScript {
  const shared = Object.entries(SHARED).flatMap(([name, source]) => (body.includes(`${name}(`) ? source : []));
  const source = `${evenWhenFull ? EVEN_WHEN_FULL : '#!lua'}${shared.join('')}${body}`;
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
