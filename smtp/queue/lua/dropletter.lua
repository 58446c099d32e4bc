-- Drops a letter, or some of its recipients.
-- KEYS[1] record  [2] later  [3] all letters
-- ARGV[1] id  [2] recipients that are left, JSON, '' none
-- Result: 1 dropped, 0 it was not there
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'to', ARGV[2])
else
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('SREM', KEYS[3], ARGV[1])
end
return 1
