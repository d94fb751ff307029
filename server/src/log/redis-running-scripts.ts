/** The scripts of replies that run, and of the machines they run on. */
import { script } from './redis-script.js';

/**
 * Appends to a running reply, whose lease must still be the caller's: who was frozen past its lease is refused. The
 * caller chooses the positions, each higher than the last, so an append that comes again is known by what is there.
 * Where what was written before is not there (a node that took over may not have had it), nothing is added behind the
 * gap; positions begin at 1, and the number of entries tells it sooner than the last one.
 * Who follows a reply elsewhere has left its mark (`seen`) before it listens: where there is none, nothing is published.
 * ARGV: lease, first position, what is published, ttl ('' leaves it: then the first three keys will do), now, bytes of
 * the reply, the events.
 */
const append = (ending: string) => `
local state = redis.call('HMGET', KEYS[1], 'lease', 'stop', 'seen')
local first = tonumber(ARGV[2])
local function isThere()
  local entry = redis.call('XRANGE', KEYS[2], first, first)[1]
  return entry and entry[2][2] == ARGV[7]
end
if state[1] ~= ARGV[1] then
  if redis.call('EXISTS', KEYS[1]) == 0 then return { 'gone' } end
  return { isThere() and 'appended' or 'fenced' }
end
if redis.call('XLEN', KEYS[2]) < first - 1 and last() < first - 1 then return { 'behind' } end
for i = 7, #ARGV do
  local added = redis.pcall('XADD', KEYS[2], (first + i - 7) .. '-0', 'e', ARGV[i])
  if type(added) == 'table' and added.err then
    if i == 7 and string.find(added.err, 'equal or smaller', 1, true) then
      return { isThere() and 'appended' or 'fenced', state[2] }
    end
    return added
  end
end
if ARGV[4] ~= '' then expire(ARGV[4]) end
if state[3] then redis.call('SPUBLISH', KEYS[3], ARGV[3]) end
${ending}
return { 'appended', state[2] }
`;
/** Adds events to a running reply, as long as the lease is ours. */
export const APPEND = script(append(''));
/** Writes a reply's last events and frees its session. */
export const FINISH = script(
  append(`
redis.call('HDEL', KEYS[1], 'lease', 'stop', 'seen')
redis.call('HSET', KEYS[1], 'updated', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'bytes', ARGV[6])
`),
  { evenWhenFull: true },
);

/** Ends a reply whose machine is gone or gave it up. ARGV: message, node that runs it, now, ttl, event. */
export const TAKE_OVER = script(
  `
local lease = redis.call('HGET', KEYS[1], 'lease')
local message, node = string.match(lease or '', '^(%S+) %d+ (%S+)$')
if message ~= ARGV[1] or node ~= ARGV[2] then return 0 end
local id = last() + 1
redis.call('XADD', KEYS[2], id .. '-0', 'e', ARGV[5])
redis.call('HDEL', KEYS[1], 'lease', 'stop', 'seen')
redis.call('HSET', KEYS[1], 'updated', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'count', 1)
expire(ARGV[4])
redis.call('SPUBLISH', KEYS[3], message .. ' ' .. id)
return 1
`,
  { evenWhenFull: true },
);

/** Whether a reply is still the caller's, and the last position there is. ARGV: lease. */
export const VERIFY = script(
  `
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'gone', 0 } end
return { redis.call('HGET', KEYS[1], 'lease') == ARGV[1] and 'owned' or 'fenced', last() }
`,
  { evenWhenFull: true },
);

/** Asks for a reply to be stopped. ARGV: message, characters to be kept ('' all). Answers with the node that runs it. */
export const ASK_STOP = script(
  `
local lease = redis.call('HGET', KEYS[1], 'lease')
local message, node = string.match(lease or '', '^(%S+) %d+ (%S+)$')
if message ~= ARGV[1] then return false end
redis.call('HSET', KEYS[1], 'stop', ARGV[2])
return node
`,
  { evenWhenFull: true },
);

/** Milliseconds since a reader on another machine was there last; -1 where none was. */
export const SINCE_SEEN = script(
  `
local seen = redis.call('HGET', KEYS[1], 'seen')
return seen and now() - tonumber(seen) or -1
`,
  { evenWhenFull: true },
);

/**
 * A machine's sign of life. KEYS: the sorted set of machines by the time at which their leases end. ARGV: node, lease.
 * Answers whether its own lease had ended, with the machines whose leases have, in how many milliseconds the next one
 * ends unless it is renewed, when its own lease would have ended (0: it had none), and when it will.
 */
export const BEAT = script(
  `
local time = now()
local mine = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], time + ARGV[2], ARGV[1])
local following = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. time, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
return {
  (not mine or tonumber(mine) < time) and 1 or 0,
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time),
  tonumber(following) - time,
  tonumber(mine or 0),
  time + ARGV[2],
}
`,
  { evenWhenFull: true },
);

/** Strikes a machine off whose replies have all ended, unless it came back. KEYS as in BEAT; ARGV: node. */
export const BURY = script(
  `
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends and tonumber(ends) < now() then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 1
`,
  { evenWhenFull: true },
);
