-- Lists entries of an inbound stream without their bodies.
-- KEYS[1] stream  [2] set-aside times  [3] last errors
-- ARGV[1] first entry id  [2] most  [3] group, '' for the dead stream
-- Result: a list of {entry id, envelope, tries, due (Unix ms or ''), error}
local out = {}
for _, e in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  local f = {}
  for i = 1, #e[2], 2 do f[e[2][i]] = e[2][i + 1] end
  local tries, due, err = f.tries or '0', '', f.error or ''
  if ARGV[3] ~= '' then
    due = redis.call('ZSCORE', KEYS[2], e[1]) or ''
    err = redis.call('HGET', KEYS[3], e[1]) or ''
    local p = redis.call('XPENDING', KEYS[1], ARGV[3], e[1], e[1], 1)
    if p[1] then tries = p[1][4] end
  end
  out[#out + 1] = {e[1], f.env, tostring(tries), due, err}
end
return out
