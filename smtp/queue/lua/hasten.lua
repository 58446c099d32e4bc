-- Makes due what a destination put off of a family's posts, in the order of
-- the posts' age.
-- KEYS[1] due  [2] posts
-- ARGV[1] now, Unix ms  [2] destination  [3] most entries to look at
-- Result: how many
local n = 0
for _, m in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[3])) do
  local post, destination = string.match(m, '^(%S+) %S+ %S+ (.*)$')
  if destination == ARGV[2] then
    local planned = redis.call('ZSCORE', KEYS[2], post)
    redis.call('ZADD', KEYS[1], 1000 * tonumber(planned or 0), m)
    n = n + 1
  end
end
return n
