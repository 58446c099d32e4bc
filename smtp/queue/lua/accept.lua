-- Takes messages in, once however often it is called for them.
-- KEYS[1] stream  [2] guard of the write: named by the first message's id
-- ARGV[1] life of the guard, s  [2…] two for each message: envelope, JSON; message
-- Result: 1 taken, 0 they were there before
if not redis.call('SET', KEYS[2], '', 'NX', 'EX', ARGV[1]) then
  return 0
end
for i = 2, #ARGV, 2 do
  redis.call('XADD', KEYS[1], '*', 'env', ARGV[i], 'raw', ARGV[i + 1])
end
return 1
