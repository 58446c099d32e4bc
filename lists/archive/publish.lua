-- Makes a post visible whose object stands in the bucket. A reader may have
-- seen a higher UID by now: then the post gets a new place instead, and its
-- object must be put again under the new name.
-- KEYS: 1 meta, 2 codes, 3 mids, 4 rows, 5 block of records
-- ARGV: 1 code, 2 UID, 3 time stamp, 4 record up to its thread, 5 row, 6 size,
--       7 field of its own Message-ID or "", 8 field of its subject this week or "",
--       9 the same of the week before if it is an answer, else "",
--       10… fields of those it answers
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
-- The thread: of posts that answer this one and came before it, or of a post
-- that it answers, or a new one.
local thread = ARGV[2]
for i = #ARGV, 7, -1 do
  local known = i ~= 8 and i ~= 9 and ARGV[i] ~= '' and redis.call('HGET', KEYS[3], ARGV[i])
  if known then
    thread = string.match(known, ' (%d+)$')
  end
end
-- An answer that names no post we know belongs to the post that has its
-- subject, if that came shortly before.
for i = 8, 9 do
  local known = thread == ARGV[2] and ARGV[9] ~= '' and redis.call('HGET', KEYS[3], ARGV[i])
  if known and tonumber(known) < uid then
    thread = known
  end
end
if ARGV[8] ~= '' then
  local known = redis.call('HGET', KEYS[3], ARGV[8])
  if not known or tonumber(known) < tonumber(thread) then
    redis.call('HSET', KEYS[3], ARGV[8], thread)
  end
end
redis.call('HSET', KEYS[5], ARGV[2], ARGV[4] .. thread .. '}')
if ARGV[7] ~= '' then
  local known = redis.call('HGET', KEYS[3], ARGV[7])
  if not known or string.sub(known, 1, 2) == '0 ' then
    redis.call('HSET', KEYS[3], ARGV[7], ARGV[2] .. ' ' .. thread)
  end
end
for i = 10, #ARGV do
  redis.call('HSETNX', KEYS[3], ARGV[i], '0 ' .. thread)
end
return {2, ARGV[2]}
