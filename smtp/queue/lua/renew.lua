-- Renews leases: entries that are still the consumer's are marked as fresh.
-- KEYS[1] stream
-- ARGV[1] group  [2] consumer  [3…] entry ids
-- Result: the ids that are still the consumer's
local out = {}
for i = 3, #ARGV do
  local p = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)
  if p[1] and p[1][2] == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'RETRYCOUNT', p[1][4], 'JUSTID')
    out[#out + 1] = ARGV[i]
  end
end
return out
