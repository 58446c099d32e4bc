-- Records what became of a letter's recipients.
-- KEYS[1] record  [2] stream  [3] later  [4] all letters
-- ARGV[1] id  [2] epoch  [3] group  [4] entry id  [5] mode: save | later | again
--     [6] recipients that are left, JSON, '' none  [7] tries  [8] last reply
--     [9] due, Unix ms
-- Mode save keeps the hold, later ends it until due, again ends it and puts
-- the letter back at once. With nobody left the letter is gone.
-- Result: 1 recorded, 0 the hold was lost
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return 0 end
if ARGV[6] == '' then
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[4], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
else
  redis.call('HSET', KEYS[1], 'to', ARGV[6], 'tries', ARGV[7], 'reply', ARGV[8])
  if ARGV[5] == 'save' then return 1 end
  redis.call('HINCRBY', KEYS[1], 'epoch', 1)
  redis.call('HSET', KEYS[1], 'due', math.floor(tonumber(ARGV[9]) / 1000))
  if ARGV[5] == 'later' then
    redis.call('ZADD', KEYS[3], ARGV[9], ARGV[1])
  else
    redis.call('XADD', KEYS[2], '*', 'id', ARGV[1])
  end
end
redis.call('XACK', KEYS[2], ARGV[3], ARGV[4])
redis.call('XDEL', KEYS[2], ARGV[4])
return 1
