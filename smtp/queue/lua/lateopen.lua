-- Opens what was put off, for the holder of an entry of the retries stream.
-- KEYS[1] post  [2] parts  [3] late  [4] retries (stream)
-- ARGV[1] field of late  [2] entry id  [3] group
-- Result: {epoch, round, chunk size, JSON}, or nothing where there is
--     nothing to do: the entry is then done with
local what = redis.call('HGET', KEYS[3], ARGV[1])
local lease = redis.call('HGET', KEYS[2], 'k' .. ARGV[1])
local held = false
if lease then
  local holder = string.match(lease, '^%d+ (%S+)')
  held = holder ~= ARGV[2] and #redis.call('XPENDING', KEYS[4], ARGV[3], holder, holder, 1) > 0
end
if not what or held then
  redis.call('XACK', KEYS[4], ARGV[3], ARGV[2])
  redis.call('XDEL', KEYS[4], ARGV[2])
  return {}
end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[2], 'k' .. ARGV[1], epoch .. ' ' .. ARGV[2] .. ' 0')
local f = redis.call('HMGET', KEYS[1], 'round', 'size')
return {epoch, tonumber(f[1]), tonumber(f[2]), what}
