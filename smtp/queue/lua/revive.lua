-- Puts a dead message back on the inbound stream.
-- KEYS[1] dead stream  [2] inbound stream
-- ARGV[1] entry id
-- Result: 1 put back, 0 it was not there
local got = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if not got[1] then return 0 end
local f = {}
for i = 1, #got[1][2], 2 do f[got[1][2][i]] = got[1][2][i + 1] end
redis.call('XADD', KEYS[2], '*', 'env', f.env, 'raw', f.raw)
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
