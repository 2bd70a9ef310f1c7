-- Takes a lease. KEYS: lease, fences. ARGV: target, holder, since, life in ms.
-- Returns {token} | {0, holder, since}
local held = redis.call('GET', KEYS[1])
if held then
  local lease = cjson.decode(held)
  if lease.holder ~= ARGV[2] then
    return {0, lease.holder, lease.since}
  end
end
local token = redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
local lease = cjson.encode({holder = ARGV[2], since = ARGV[3], token = token})
redis.call('SET', KEYS[1], lease, 'PX', ARGV[4])
return {token}
