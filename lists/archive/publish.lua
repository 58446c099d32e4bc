-- Makes a post visible whose object stands in the bucket. A reader may have
-- seen a higher UID by now: then the post gets a new place instead, and its
-- object must be put again under the new name.
-- KEYS: 1 meta, 2 codes, 3 mids, 4 rows, 5 block of records
-- ARGV: 1 code, 2 UID, 3 time stamp, 4 record up to its thread, 5 row, 6 size,
--       7… what thread.lua wants
-- Result: {1, "UID"} visible, and was before; {2, "UID"} visible now; {0, "UID TIME"} its new place
local mine = 'p' .. ARGV[2] .. ' ' .. ARGV[3]
local have = redis.call('HGET', KEYS[2], ARGV[1])
if have and string.sub(have, 1, 1) ~= 'p' then
  return {1, have}
end
if have and have ~= mine then
  return {0, string.sub(have, 2)}
end
local uid = tonumber(ARGV[2])
if not have or uid <= tonumber(redis.call('HGET', KEYS[1], 'seen') or '0') then
  local place = redis.call('HINCRBY', KEYS[1], 'last', 1) .. ' ' .. ARGV[3]
  redis.call('HSET', KEYS[2], ARGV[1], 'p' .. place)
  return {0, place}
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[1], 'seen', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'bytes', ARGV[6])
redis.call('APPEND', KEYS[4], ARGV[5])
redis.call('HSET', KEYS[5], ARGV[2], ARGV[4] .. thread(KEYS[3], ARGV[2], 7) .. '}')
return {2, ARGV[2]}
