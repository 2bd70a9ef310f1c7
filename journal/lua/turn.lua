-- Keeps, gives back or sets back a turn, if it is still this owner's.
-- KEYS: turn, setbacks, dirty, begun. ARGV: name, owner, then
-- 'keep', life in ms, now in ms | 'release' | 'setback', first delay in ms, longest delay in ms, now in ms, why.
-- Returns 0 when the turn is lost, else 1, or for a setback the ms before which not to try again.
local name, owner = ARGV[1], ARGV[2]
if redis.call('GET', KEYS[1]) ~= owner then
  return 0
end
local stream = string.match(name, '^drain:(.*)$')
if ARGV[3] == 'keep' then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  if stream then
    redis.call('ZADD', KEYS[3], 'XX', tonumber(ARGV[5]) + tonumber(ARGV[4]), stream)
  end
  return 1
end
redis.call('DEL', KEYS[1])
redis.call('HDEL', KEYS[4], name)
if ARGV[3] == 'release' then
  return 1
end
local failures = tonumber(string.match(redis.call('HGET', KEYS[2], name) or '0', '^%d+')) + 1
local delay = math.min(tonumber(ARGV[4]) * 2 ^ math.min(failures - 1, 30), tonumber(ARGV[5]))
local not_before = tonumber(ARGV[6]) + delay
redis.call('HSET', KEYS[2], name, string.format('%d %d ', failures, not_before) .. (ARGV[7] or ''))
if stream then
  redis.call('ZADD', KEYS[3], 'XX', not_before, stream)
end
return not_before
