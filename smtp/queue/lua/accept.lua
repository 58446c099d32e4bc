-- Takes messages in, each once for its queue id.
-- KEYS[1] stream  [2…] guard of each message's id
-- ARGV three for each message: envelope, JSON; message; life of the guard, s
-- Result: how many were taken; the others were there before
local taken = 0
for i = 2, #KEYS do
  local at = 3 * (i - 2)
  if redis.call('SET', KEYS[i], '', 'NX', 'EX', ARGV[at + 3]) then
    redis.call('XADD', KEYS[1], '*', 'env', ARGV[at + 1], 'raw', ARGV[at + 2])
    taken = taken + 1
  end
end
return taken
