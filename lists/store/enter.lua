-- enter.lua: numbers posts in their lists and counts them, all of one family
-- at once.
--
-- KEYS    six for each post: the list's digest book, numbers, records, bodies,
--         bitmap of who takes digests, and activity
-- ARGV    seven for each post: its identity, record, octets, and body ('' where
--         the archive has it); its event, the event's time in ms, and the time
--         in ms before which events are forgotten
-- Result  the numbers: those given before for posts that were entered before
local out = {}
for i = 0, #KEYS / 6 - 1 do
  local book, numbers, records, bodies, readers, activity = unpack(KEYS, 6 * i + 1, 6 * i + 6)
  local identity, record, octets, body, event, at, before = unpack(ARGV, 7 * i + 1, 7 * i + 7)
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
  redis.call('ZREMRANGEBYSCORE', activity, '-inf', '(' .. before)
  redis.call('ZADD', activity, 'NX', at, event)
  out[#out + 1] = tonumber(n)
end
return out
