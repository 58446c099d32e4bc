-- Reserves a UID for a post, once for each code.
-- KEYS: 1 meta, 2 codes
-- ARGV: 1 code, 2 time stamp
-- Result: {1, "UID"} it is visible already; {0, "UID TIME"} its place, given now or before
local have = redis.call('HGET', KEYS[2], ARGV[1])
if have then
  if string.sub(have, 1, 1) == 'p' then
    return {0, string.sub(have, 2)}
  end
  return {1, have}
end
local place = redis.call('HINCRBY', KEYS[1], 'last', 1) .. ' ' .. ARGV[2]
redis.call('HSET', KEYS[2], ARGV[1], 'p' .. place)
return {0, place}
