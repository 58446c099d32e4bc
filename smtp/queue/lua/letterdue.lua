-- Puts letters whose time has come back on their stream.
-- KEYS[1] later  [2] stream
-- ARGV[1] now, Unix ms  [2] most
-- Result: how many
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(due) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('XADD', KEYS[2], '*', 'id', id)
end
return #due
