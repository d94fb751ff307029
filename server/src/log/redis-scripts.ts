/**
 * The scripts of a session: what is asked and said in it. Those of a reply that runs are in redis-running-scripts.ts.
 */
import { script } from './redis-script.js';

/** ARGV: now, owner, metadata, ttl. */
export const CREATE = script(`
if redis.call('EXISTS', KEYS[6]) == 1 then return 'gone' end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'created', ARGV[1], 'updated', ARGV[1], 'bytes', #ARGV[2] + #ARGV[3])
  if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'owner', ARGV[2]) end
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'meta', ARGV[3]) end
  expire(ARGV[4])
end
return redis.call('HGETALL', KEYS[1])
`);

/** Looks at a session, which counts as a use of it. ARGV: ttl, ttl while a reply runs. */
export const TOUCH = script(
  `
local lease = redis.call('HEXISTS', KEYS[1], 'lease')
expire(lease == 1 and ARGV[2] or ARGV[1])
return redis.call('HGETALL', KEYS[1])
`,
  { evenWhenFull: true },
);

/** ARGV: now, title or '', metadata or '', whether there is a title. */
export const UPDATE = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HSET', KEYS[1], 'updated', ARGV[1])
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'title', ARGV[2]) end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'meta', ARGV[3]) end
redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[2] + #ARGV[3])
return redis.call('HGETALL', KEYS[1])
`);

/**
 * Leaves a tombstone, so that a late message cannot bring the session back. ARGV: ttl of the tombstone. Answers with the
 * owner and the lease of the reply that ran.
 */
export const DELETE = script(
  `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local owner, lease = unpack(redis.call('HMGET', KEYS[1], 'owner', 'lease'))
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4], KEYS[5])
redis.call('SET', KEYS[6], '1', 'PX', ARGV[1])
redis.call('SPUBLISH', KEYS[3], 'deleted')
return { owner or '', lease or '' }
`,
  { evenWhenFull: true },
);

/**
 * Stores an intent and opens its reply; sent again with the same ids after its answer was lost, it answers the same.
 * ARGV: now, owner, whether it may only join, client's key, fingerprint, target ('' none, '!' one that is not there),
 * user's id, user's event ('' where the user's message is there already), reply's id, start event, node, ttl while it
 * runs, bytes of a session at the most.
 */
const claim = `
local function opened()
  local start = tonumber(redis.call('ZSCORE', KEYS[4], ARGV[9]))
  local lease, cuts = unpack(redis.call('HMGET', KEYS[1], 'lease', 'cuts'))
  return { 'started', lease, start, cuts or '', redis.call('XRANGE', KEYS[2], '-', start) }
end
if redis.call('EXISTS', KEYS[6]) == 1 then return { 'session_gone' } end
local exists = redis.call('EXISTS', KEYS[1]) == 1
local owner, lease, bytes = unpack(redis.call('HMGET', KEYS[1], 'owner', 'lease', 'bytes'))
if exists and (owner or '') ~= ARGV[2] then return { 'foreign' } end
if lease and string.sub(lease, 1, #ARGV[9]) == ARGV[9] then return opened() end
if ARGV[4] ~= '' then
  local known = redis.call('HGET', KEYS[5], ARGV[4])
  if known then
    local fingerprint, id = string.match(known, '^(%S+) (%S+)$')
    if fingerprint ~= ARGV[5] then return { 'mismatch' } end
    return { 'joined', id }
  end
end
if ARGV[3] == '1' then return { 'unclaimed' } end
if tonumber(bytes or 0) > tonumber(ARGV[13]) then return { 'full' } end
if lease then return { 'busy', string.match(lease, '^(%S+) %d+ (%S+)$') } end
local from
if ARGV[6] ~= '' then
  from = tonumber(redis.call('ZSCORE', KEYS[4], ARGV[6]) or nil)
  if not from then return { 'message_not_found' } end
end
if ARGV[8] == '' then
  local asked = tonumber(redis.call('ZSCORE', KEYS[4], ARGV[7]) or nil)
  if not asked or superseded(asked) then return { 'message_not_found' } end
end
if not exists then
  redis.call('HSET', KEYS[1], 'created', ARGV[1])
  if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'owner', ARGV[2]) end
end
local id = last()
if from then
  local cuts = redis.call('HGET', KEYS[1], 'cuts')
  redis.call('HSET', KEYS[1], 'cuts', (cuts and cuts .. ',' or '') .. from .. '-' .. id)
end
if ARGV[8] ~= '' then
  id = id + 1
  redis.call('XADD', KEYS[2], id .. '-0', 'e', ARGV[8])
  redis.call('ZADD', KEYS[4], id, ARGV[7])
end
id = id + 1
redis.call('XADD', KEYS[2], id .. '-0', 'e', ARGV[10])
redis.call('ZADD', KEYS[4], id, ARGV[9])
local epoch = redis.call('HINCRBY', KEYS[1], 'count', 1)
redis.call('HDEL', KEYS[1], 'stop', 'seen')
redis.call('HSET', KEYS[1], 'updated', ARGV[1], 'lease', ARGV[9] .. ' ' .. epoch .. ' ' .. ARGV[11])
redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[8] + #ARGV[10] + 100)
if ARGV[4] ~= '' then redis.call('HSET', KEYS[5], ARGV[4], ARGV[5] .. ' ' .. ARGV[9]) end
expire(ARGV[12])
return opened()
`;
/** Takes an intent: a new reply is begun, or the one that it began before is found. */
export const CLAIM = script(claim);
/** To join costs nothing: it works in a full Redis, too. */
export const JOIN = script(claim, { evenWhenFull: true });

/**
 * A message's entries after a cursor. ARGV: message, cursor, count ('' all), whether a reader is there.
 * Answers with the superseded ranges, the position at which it begins, the entries, and the node it runs on ('' where it
 * does not run); false where it is not.
 */
export const READ = script(
  `
local start = tonumber(redis.call('ZSCORE', KEYS[4], ARGV[1]) or nil)
if not start then return false end
local following = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. start, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
local from = math.max(start, tonumber(ARGV[2]) + 1)
local to = following and tonumber(following) - 1 or '+'
local entries = {}
if to == '+' or from <= to then
  if ARGV[3] == '' then entries = redis.call('XRANGE', KEYS[2], from, to)
  else entries = redis.call('XRANGE', KEYS[2], from, to, 'COUNT', ARGV[3]) end
end
local cuts, lease = unpack(redis.call('HMGET', KEYS[1], 'cuts', 'lease'))
local running, node = string.match(lease or '', '^(%S+) %d+ (%S+)$')
if running ~= ARGV[1] then node = '' end
if ARGV[4] == '1' and node ~= '' then redis.call('HSET', KEYS[1], 'seen', now()) end
return { cuts or '', start, entries, node }
`,
  { evenWhenFull: true },
);

/** ARGV: limit, message before which the page ends ('' none). */
export const SNAPSHOT = script(
  `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local cuts, lease = unpack(redis.call('HMGET', KEYS[1], 'cuts', 'lease'))
local to = redis.call('ZCARD', KEYS[4])
if ARGV[2] ~= '' then to = redis.call('ZRANK', KEYS[4], ARGV[2]) or 0 end
local from = math.max(0, to - tonumber(ARGV[1]))
local entries = {}
if from < to then
  local first = redis.call('ZRANGE', KEYS[4], from, from, 'WITHSCORES')[2]
  local following = redis.call('ZRANGE', KEYS[4], to, to, 'WITHSCORES')[2]
  entries = redis.call('XRANGE', KEYS[2], first, following and tonumber(following) - 1 or '+')
end
return { cuts or '', string.match(lease or '', '^%S*'), last(), from > 0 and 1 or 0, entries }
`,
  { evenWhenFull: true },
);

/** What an owner's list shows of a session. */
export const SUMMARY = script(
  `
return { redis.call('HGETALL', KEYS[1]), redis.call('ZCARD', KEYS[4]) }
`,
  { evenWhenFull: true },
);
