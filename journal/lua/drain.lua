-- Begins or goes on with reacting to a stream; one at a time has the turn.
-- KEYS: turn, setbacks, cursors, dirty, events. ARGV: stream, owner, life in ms, now in ms, most events,
-- then nothing to begin, or the version up to which all is handled.
-- Returns {'events', entries} | {'idle'} | {'busy'} | {'later', ms} | {'lost'}
-- A dirty stream's score is the ms from which it counts as abandoned.
local stream, owner, life, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

if ARGV[6] then
  if redis.call('GET', KEYS[1]) ~= owner then
    return {'lost'}
  end
  redis.call('HSET', KEYS[3], stream, ARGV[6])
  redis.call('HDEL', KEYS[2], 'drain:' .. stream)
else
  local setback = redis.call('HGET', KEYS[2], 'drain:' .. stream)
  local not_before = setback and tonumber(string.match(setback, ' (%d+)$'))
  if not_before and now < not_before then
    return {'later', not_before}
  end
  if not redis.call('SET', KEYS[1], owner, 'NX', 'PX', life) then
    return {'busy'}
  end
end

local cursor = tonumber(redis.call('HGET', KEYS[3], stream) or '0')
local entries = redis.call('XRANGE', KEYS[5], string.format('%d-0', cursor + 1), '+', 'COUNT', ARGV[5])
if #entries == 0 then
  redis.call('ZREM', KEYS[4], stream)
  redis.call('DEL', KEYS[1])
  return {'idle'}
end
redis.call('PEXPIRE', KEYS[1], life)
redis.call('ZADD', KEYS[4], now + tonumber(life), stream)
return {'events', entries}
