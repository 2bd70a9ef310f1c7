-- Begins or goes on with reacting to a stream; one at a time has the turn.
-- KEYS: turn, setbacks, cursors, dirty, events, begun, aside. ARGV: stream, owner, life in ms, now in ms, most events,
-- then nothing to begin, or the version up to which all is handled.
-- Returns {'events', entries} | {'idle'} | {'busy'} | {'later', ms} | {'lost'} | {'aside', why}
-- A dirty stream's score is the ms from which it counts as abandoned.
local stream, owner, life, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

if ARGV[6] then
  if redis.call('GET', KEYS[1]) ~= owner then
    return {'lost'}
  end
  redis.call('HSET', KEYS[3], stream, ARGV[6])
  redis.call('HDEL', KEYS[2], 'drain:' .. stream)
  redis.call('HDEL', KEYS[6], 'drain:' .. stream)
else
  if redis.call('HEXISTS', KEYS[7], 'drain:' .. stream) == 1 then
    redis.call('ZREM', KEYS[4], stream)
    return {'idle'}
  end
  local setback = redis.call('HGET', KEYS[2], 'drain:' .. stream)
  local not_before = setback and tonumber(string.match(setback, '^%d+ (%d+)'))
  if not_before and now < not_before then
    return {'later', not_before}
  end
  if not redis.call('SET', KEYS[1], owner, 'NX', 'PX', life) then
    return {'busy'}
  end
  -- Begun three times without an end, or failed twelve times in a row: a fourth time would end no better.
  local begun = redis.call('HINCRBY', KEYS[6], 'drain:' .. stream, 1)
  local failed = setback and tonumber(string.match(setback, '^%d+')) or 0
  if begun > 3 or failed >= 12 then
    local why = setback and string.match(setback, '^%d+ %d+ (.+)$') or ''
    if begun > 3 or why == '' then
      why = 'it was begun three times and the process ended each time before it did'
    end
    redis.call('DEL', KEYS[1])
    redis.call('ZREM', KEYS[4], stream)
    redis.call('HSET', KEYS[7], 'drain:' .. stream, cjson.encode({why = why, since = now}))
    return {'aside', why}
  end
end

local cursor = tonumber(redis.call('HGET', KEYS[3], stream) or '0')
local entries = redis.call('XRANGE', KEYS[5], string.format('%d-0', cursor + 1), '+', 'COUNT', ARGV[5])
if #entries == 0 then
  redis.call('ZREM', KEYS[4], stream)
  redis.call('DEL', KEYS[1])
  redis.call('HDEL', KEYS[6], 'drain:' .. stream)
  return {'idle'}
end
redis.call('PEXPIRE', KEYS[1], life)
redis.call('ZADD', KEYS[4], now + tonumber(life), stream)
return {'events', entries}
