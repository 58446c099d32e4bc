-- Drops a post: nobody is served any more. Who has it stays remembered.
-- KEYS[1] post  [2] parts  [3] plan  [4] bodies  [5] late  [6] posts  [7] due
-- ARGV[1] id  [2] now, Unix s  [3] life of a settled post, s
-- Result: 1 dropped, 0 it was settled before
if not redis.call('ZSCORE', KEYS[6], ARGV[1]) then return 0 end
for _, f in ipairs(redis.call('HKEYS', KEYS[2])) do
  local kind = string.sub(f, 1, 1)
  if kind == 'l' or kind == 'k' then redis.call('HDEL', KEYS[2], f) end
end
for _, f in ipairs(redis.call('HKEYS', KEYS[5])) do redis.call('ZREM', KEYS[7], ARGV[1] .. ' ' .. f) end
redis.call('DEL', KEYS[5])
redis.call('HSET', KEYS[1], 'left', 0)
return settle(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1], ARGV[2], ARGV[3])
