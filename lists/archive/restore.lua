-- Puts back what the index has lost of a post that stands in the bucket. The
-- rows are put back at the end, all at once.
-- KEYS: 1 meta, 2 codes, 3 mids, 4 block of records
-- ARGV: 1 code, 2 UID, 3 record up to its thread,
--       4… what thread.lua wants
-- Result: 1 put back; 0 it was there; -1 the post has, or will have, another UID
local have = redis.call('HGET', KEYS[2], ARGV[1])
if have and string.match(have, '%d+') ~= ARGV[2] then
  return -1
end
local uid = tonumber(ARGV[2])
for _, field in ipairs({'last', 'seen'}) do
  if uid > tonumber(redis.call('HGET', KEYS[1], field) or '0') then
    redis.call('HSET', KEYS[1], field, ARGV[2])
  end
end
if have == ARGV[2] and redis.call('HEXISTS', KEYS[4], ARGV[2]) == 1 then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3] .. thread(KEYS[3], ARGV[2], 4) .. '}')
return 1
