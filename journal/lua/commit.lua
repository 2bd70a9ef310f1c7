-- Writes one commit, all or nothing.
-- KEYS: heads, tip, audit, dirty, claim, then one events key per link, then one key per index change.
-- ARGV: claim life in ms, nonce, result, entry, mac, ms from which the streams count as
--       abandoned, number of links,
--       per link: stream, expected version or '', head it was signed against, number of events, events...
--       per index change: op, key, value or score.
-- Returns {'ok', n, chain} | {'duplicate', nonce, result} | {'conflict', stream, version} | {'stale', heads...}
local heads_key, tip_key, audit_key, dirty_key, claim_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local claimed = redis.call('HMGET', claim_key, 'nonce', 'result')
if claimed[1] then
  return {'duplicate', claimed[1], claimed[2]}
end

local links, names = {}, {}
local at = 8
for i = 1, tonumber(ARGV[7]) do
  local count = tonumber(ARGV[at + 3])
  links[i] = {stream = ARGV[at], expect = ARGV[at + 1], signed = ARGV[at + 2], first = at + 4, count = count}
  names[i] = ARGV[at]
  at = at + 4 + count
end

local heads = redis.call('HMGET', heads_key, unpack(names))
local stale = false
for i, link in ipairs(links) do
  heads[i] = heads[i] or ''
  link.version = tonumber(string.match(heads[i], '^%d+') or '0')
  if link.expect ~= '' and tonumber(link.expect) ~= link.version then
    return {'conflict', link.stream, link.version}
  end
  stale = stale or heads[i] ~= link.signed
end
if stale then
  return {'stale', unpack(heads)}
end

for i, link in ipairs(links) do
  for j = 1, link.count do
    local id = string.format('%d-0', link.version + j)
    redis.call('XADD', KEYS[5 + i], id, 'e', ARGV[link.first + j - 1])
  end
  redis.call('HSET', heads_key, link.stream, string.format('%d ', link.version + link.count) .. ARGV[5])
  if link.count > 0 then
    redis.call('ZADD', dirty_key, 'NX', ARGV[6], link.stream)
  end
end

local n, chain = string.match(redis.call('GET', tip_key) or '0 ', '^(%d+) (.*)$')
n = tonumber(n) + 1
chain = redis.sha1hex(chain .. ARGV[5])
redis.call('XADD', audit_key, string.format('%d-0', n), 'j', ARGV[4], 'm', ARGV[5], 'c', chain)
redis.call('SET', tip_key, string.format('%d ', n) .. chain)

local key = 5 + #links
while at < #ARGV do
  key = key + 1
  local op, member, value = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if op == 'add' then redis.call('ZADD', KEYS[key], value, member)
  elseif op == 'remove' then redis.call('ZREM', KEYS[key], member)
  elseif op == 'put' then redis.call('HSET', KEYS[key], member, value)
  else redis.call('HDEL', KEYS[key], member) end
  at = at + 3
end

redis.call('HSET', claim_key, 'nonce', ARGV[2], 'result', ARGV[3])
redis.call('PEXPIRE', claim_key, ARGV[1])
return {'ok', n, chain}
