-- Puts one entry of an index right, if the stream it comes from is still where it was when that was derived.
-- KEYS: heads, index.
-- ARGV: stream, its version, op, key, value or score.
-- Returns 1 when it is put right, 0 when the stream moved.
local head = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if tonumber(string.match(head, '^%d+') or '0') ~= tonumber(ARGV[2]) then
  return 0
end
if ARGV[3] == 'add' then
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
elseif ARGV[3] == 'remove' then
  redis.call('ZREM', KEYS[2], ARGV[4])
elseif ARGV[3] == 'put' then
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
else
  redis.call('HDEL', KEYS[2], ARGV[4])
end
return 1
