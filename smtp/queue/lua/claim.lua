-- Claims entries of a consumer group whose time has come: those set aside
-- until a time that has passed, and those whose holder gave no sign of life.
-- KEYS[1] stream
-- KEYS[2] sorted set of entry ids set aside, by due time (may be missing)
-- ARGV[1] group  [2] consumer  [3] idle, ms  [4] now, Unix ms  [5] most entries
-- Result: a list of {entry id, tries, {field, value, …}}
local out, most = {}, tonumber(ARGV[5])
local function take(id, tries)
  local got = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', tries)
  if got[1] and got[1][2] then
    out[#out + 1] = {id, tries, got[1][2]}
  else
    redis.call('XACK', KEYS[1], ARGV[1], id)
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[4], 'LIMIT', 0, most)) do
  redis.call('ZREM', KEYS[2], id)
  local p = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)
  if p[1] then take(id, p[1][4] + 1) end
end
local from = '-'
for _ = 1, 50 do
  if #out >= most then break end
  local page = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], from, '+', 100)
  for _, p in ipairs(page) do
    if #out < most and not redis.call('ZSCORE', KEYS[2], p[1]) then take(p[1], p[4] + 1) end
  end
  if #page < 100 then break end
  local ms, seq = string.match(page[#page][1], '^(%d+)-(%d+)$')
  from = ms .. '-' .. string.format('%d', tonumber(seq) + 1)
end
return out
