-- enter.lua: numbers posts in their lists, all of one family at once.
--
-- KEYS    five for each post: the list's digest book, numbers, records,
--         bodies, and bitmap of who takes digests
-- ARGV    four for each post: its identity, record, octets, and body ('' where
--         the archive has it)
-- Result  the numbers: those given before for posts that were entered before
local out = {}
for i = 0, #KEYS / 5 - 1 do
  local book, numbers, records, bodies, readers = unpack(KEYS, 5 * i + 1, 5 * i + 5)
  local identity, record, octets, body = unpack(ARGV, 4 * i + 1, 4 * i + 4)
  local n = redis.call('ZSCORE', numbers, identity)
  if not n then
    n = redis.call('HINCRBY', book, 'posts', 1)
    local sum = redis.call('HINCRBY', book, 'octets', octets)
    redis.call('ZADD', numbers, n, identity)
    redis.call('HSET', records, identity, sum .. ' ' .. record)
    if body ~= '' and redis.call('BITCOUNT', readers) > 0 then
      redis.call('HSET', bodies, identity, body)
    end
  end
  out[#out + 1] = tonumber(n)
end
return out
