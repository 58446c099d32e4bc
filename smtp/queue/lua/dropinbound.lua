-- Drops an inbound message. It is a script, since a Redis that is full takes no
-- transaction.
-- KEYS[1] stream  [2] set-aside times  [3] last errors
-- ARGV[1] group, '' for the dead stream  [2] entry id
-- Result: 1 dropped, 0 it was not there
if ARGV[1] ~= '' then redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) end
local n = redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
return n
