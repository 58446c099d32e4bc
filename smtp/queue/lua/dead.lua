-- Sets an inbound entry aside that was tried too often.
-- KEYS[1] stream  [2] dead stream  [3] set-aside times  [4] last errors
-- ARGV[1] group  [2] entry id  [3] error  [4] tries
-- Result: 1 set aside, 0 the entry was gone
local got = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])
if not got[1] then return 0 end
local f = {}
for i = 1, #got[1][2], 2 do f[got[1][2][i]] = got[1][2][i + 1] end
redis.call('XADD', KEYS[2], '*', 'env', f.env, 'raw', f.raw, 'error', ARGV[3], 'tries', ARGV[4])
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
return 1
