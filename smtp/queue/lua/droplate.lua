-- Takes members out of what was put off, unless it is being tried now.
-- KEYS[1] post  [2] parts  [3] plan  [4] bodies  [5] late  [6] posts  [7] due
-- ARGV[1] id  [2] now, Unix s  [3] life of a settled post, s  [4] field of late
--     [5] what it was  [6] what it is to be, '' nothing
-- Result: 1 done, 0 it has changed, or is being tried
if redis.call('HGET', KEYS[5], ARGV[4]) ~= ARGV[5] or redis.call('HEXISTS', KEYS[2], 'k' .. ARGV[4]) == 1 then return 0 end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[5], ARGV[4], ARGV[6])
  return 1
end
redis.call('HDEL', KEYS[5], ARGV[4])
redis.call('ZREM', KEYS[7], ARGV[1] .. ' ' .. ARGV[4])
settle(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1], ARGV[2], ARGV[3])
return 1
