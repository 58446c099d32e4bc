-- guess.lua: takes a guess at a token from each place, or gives it back.
--
-- KEYS  the places' counters, the site's last; hashes: t when it began (ms), n how many since
-- ARGV  1 "take" or "back", 2 the span in ms, 3 now in ms, then each key's limit
-- Result  1 taken (or given back), 0 a place has had too many wrong ones
local span, now = tonumber(ARGV[2]), tonumber(ARGV[3])
local began, count = {}, {}
for i, key in ipairs(KEYS) do
  began[i] = tonumber(redis.call('HGET', key, 't') or '')
  count[i] = tonumber(redis.call('HGET', key, 'n') or '0')
  if not began[i] or now >= began[i] + span or now < began[i] - span then
    began[i], count[i] = now, 0
  end
end
if ARGV[1] == 'back' then
  for i, key in ipairs(KEYS) do
    if count[i] > 0 then
      redis.call('HSET', key, 'n', count[i] - 1)
    end
  end
  return 1
end
-- Past the site's limit nobody is shut out who has shown no wrong one.
local crowded = count[#KEYS] >= tonumber(ARGV[3 + #KEYS])
for i = 1, #KEYS - 1 do
  local limit = tonumber(ARGV[3 + i])
  if crowded then
    limit = 1
  end
  if count[i] >= limit then
    return 0
  end
end
for i, key in ipairs(KEYS) do
  redis.call('HSET', key, 't', began[i], 'n', count[i] + 1)
  redis.call('PEXPIRE', key, math.max(span, 3600000))
end
return 1
