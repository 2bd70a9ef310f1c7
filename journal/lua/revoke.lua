-- Ends the lease of a holder, whatever its token. KEYS: lease. ARGV: holder. Returns 1 when it did.
local held = redis.call('GET', KEYS[1])
if held and cjson.decode(held).holder == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return 1
end
return 0
