-- Takes a letter, once for each key.
-- KEYS[1] guard  [2] the letter's record  [3] stream of its priority  [4] all letters
-- ARGV[1] id  [2] life of the guard, s  [3] key  [4] envelope sender
--     [5] recipients, JSON  [6] message  [7] now, Unix s  [8] priority
-- Result: 1 taken, 0 sent before
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'key', ARGV[3], 'from', ARGV[4], 'to', ARGV[5], 'raw', ARGV[6],
  'at', ARGV[7], 'tries', 0, 'epoch', 0, 'priority', ARGV[8], 'reply', '', 'due', ARGV[7])
redis.call('SADD', KEYS[4], ARGV[1])
redis.call('XADD', KEYS[3], '*', 'id', ARGV[1])
return 1
