-- Puts back what the index has lost of a post that stands in the bucket. The
-- rows are put back at the end, all at once.
-- KEYS: 1 meta, 2 codes, 3 mids, 4 block of records
-- ARGV: 1 code, 2 UID, 3 record up to its thread,
--       4 field of its own Message-ID or "", 5 and 6 fields of its subject,
--       7… fields of those it answers: as publish.lua has them
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
-- The thread, as in publish.lua.
local thread = ARGV[2]
for i = #ARGV, 4, -1 do
  local known = i ~= 5 and i ~= 6 and ARGV[i] ~= '' and redis.call('HGET', KEYS[3], ARGV[i])
  if known then
    thread = string.match(known, ' (%d+)$')
  end
end
-- An answer that names no post we know belongs to the post that has its
-- subject, if that came shortly before.
for i = 5, 6 do
  local known = thread == ARGV[2] and ARGV[6] ~= '' and redis.call('HGET', KEYS[3], ARGV[i])
  if known and tonumber(known) < uid then
    thread = known
  end
end
if ARGV[5] ~= '' then
  local known = redis.call('HGET', KEYS[3], ARGV[5])
  if not known or tonumber(known) < tonumber(thread) then
    redis.call('HSET', KEYS[3], ARGV[5], thread)
  end
end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3] .. thread .. '}')
if ARGV[4] ~= '' then
  local known = redis.call('HGET', KEYS[3], ARGV[4])
  if not known or string.sub(known, 1, 2) == '0 ' then
    redis.call('HSET', KEYS[3], ARGV[4], ARGV[2] .. ' ' .. thread)
  end
end
for i = 7, #ARGV do
  redis.call('HSETNX', KEYS[3], ARGV[i], '0 ' .. thread)
end
return 1
