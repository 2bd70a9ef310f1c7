-- Begins or ends firing a timer; one at a time has the turn.
-- KEYS: turn, setbacks, timers, payloads, begun, aside. ARGV: timer, owner, life in ms, now in ms, due in ms,
-- then 'begin' | 'end'.
-- Returns {'ring', payload} | {'gone'} | {'busy'} | {'later', ms} | {'lost'} | {'ended'} | {'aside', why}
local timer, owner, now = ARGV[1], ARGV[2], tonumber(ARGV[4])
local due = redis.call('ZSCORE', KEYS[3], timer)
local is_current = due and tonumber(due) == tonumber(ARGV[5])

if ARGV[6] == 'end' then
  if redis.call('GET', KEYS[1]) ~= owner then
    return {'lost'}
  end
  redis.call('DEL', KEYS[1])
  redis.call('HDEL', KEYS[2], 'timer:' .. timer)
  redis.call('HDEL', KEYS[5], 'timer:' .. timer)
  if is_current then
    redis.call('ZREM', KEYS[3], timer)
    redis.call('HDEL', KEYS[4], timer)
  end
  return {'ended'}
end

if not is_current or redis.call('HEXISTS', KEYS[6], 'timer:' .. timer) == 1 then
  return {'gone'}
end
local setback = redis.call('HGET', KEYS[2], 'timer:' .. timer)
local not_before = setback and tonumber(string.match(setback, '^%d+ (%d+)'))
if not_before and now < not_before then
  return {'later', not_before}
end
if not redis.call('SET', KEYS[1], owner, 'NX', 'PX', ARGV[3]) then
  return {'busy'}
end
local begun = redis.call('HINCRBY', KEYS[5], 'timer:' .. timer, 1)
local failed = setback and tonumber(string.match(setback, '^%d+')) or 0
if begun > 3 or failed >= 12 then
  local why = setback and string.match(setback, '^%d+ %d+ (.+)$') or ''
  if begun > 3 or why == '' then
    why = 'it was begun three times and the process ended each time before it did'
  end
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[6], 'timer:' .. timer, cjson.encode({why = why, since = now}))
  return {'aside', why}
end
return {'ring', redis.call('HGET', KEYS[4], timer) or 'null'}
