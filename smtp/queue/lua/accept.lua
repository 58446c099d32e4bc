-- Takes a collected message in, once for its queue id.
-- KEYS[1] stream  [2] guard of the id
-- ARGV[1] envelope, JSON  [2] message  [3] life of the guard, s
-- Result: 1 taken, 0 it was there before
if not redis.call('SET', KEYS[2], '', 'NX', 'EX', ARGV[3]) then
  return 0
end
redis.call('XADD', KEYS[1], '*', 'env', ARGV[1], 'raw', ARGV[2])
return 1
