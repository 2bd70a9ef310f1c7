-- Checks, extends or ends a lease, if it is still this one. KEYS: lease.
-- ARGV: token, then 'check' | 'release' | life in ms. Returns 1 | 0
local held = redis.call('GET', KEYS[1])
if not held or cjson.decode(held).token ~= tonumber(ARGV[1]) then
  return 0
end
if ARGV[2] == 'release' then
  redis.call('DEL', KEYS[1])
elseif ARGV[2] ~= 'check' then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1
