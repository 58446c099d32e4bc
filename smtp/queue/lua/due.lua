-- Puts what was put off and is due now on the retries stream, oldest first.
-- KEYS[1] due  [2] retries (stream)
-- ARGV[1] now, Unix ms  [2] most
-- Result: how many
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, m in ipairs(due) do
  redis.call('ZREM', KEYS[1], m)
  local post, field = string.match(m, '^(%S+) (.*)$')
  redis.call('XADD', KEYS[2], '*', 'post', post, 'late', field)
end
return #due
