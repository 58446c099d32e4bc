-- Opens a chunk for the holder of an entry of the chunks stream, and puts
-- the post's next chunk at the stream's end: so each post has one chunk
-- waiting, and posts take turns.
-- KEYS[1] post  [2] parts  [3] plan  [4] chunks (stream)
-- ARGV[1] id  [2] chunk, seven digits  [3] its place in the plan, from 0
--     [4] the entry's round  [5] entry id  [6] group
-- Result: {epoch, round, chunk size, bitmap, 1 if a next chunk waits now}, or
--     nothing where there is nothing to do: the entry is then done with
local function done()
  redis.call('XACK', KEYS[4], ARGV[6], ARGV[5])
  redis.call('XDEL', KEYS[4], ARGV[5])
  return {}
end
local f = redis.call('HMGET', KEYS[1], 'round', 'next', 'size', 'settled')
if not f[1] or f[4] then return done() end
local place, more = tonumber(ARGV[3]), 0
if f[1] == ARGV[4] and tonumber(f[2]) == place + 1 then
  local c = redis.call('GETRANGE', KEYS[3], 7 * place + 7, 7 * place + 13)
  if c ~= '' then
    redis.call('XADD', KEYS[4], '*', 'post', ARGV[1], 'chunk', c, 'at', place + 1, 'round', f[1])
    redis.call('HSET', KEYS[1], 'next', place + 2)
    more = 1
  end
end
if redis.call('HGET', KEYS[2], 'd' .. ARGV[2]) == f[1] then return done() end
-- An entry that outlived its round, as where the post was dropped and then
-- planned for a further list, may name a chunk that is no part of this one:
-- its end must not count.
if f[1] ~= ARGV[4] then
  local plan, part = redis.call('GET', KEYS[3]) or '', false
  for at = 1, #plan, 7 do
    if string.sub(plan, at, at + 6) == ARGV[2] then part = true break end
  end
  if not part then return done() end
end
local lease = redis.call('HGET', KEYS[2], 'l' .. ARGV[2])
if lease then
  local holder = string.match(lease, '^%d+ (%S+)')
  -- Another entry's holder is at it: its end opens the chunk again if need be.
  if holder ~= ARGV[5] and #redis.call('XPENDING', KEYS[4], ARGV[6], holder, holder, 1) > 0 then return done() end
end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[2], 'l' .. ARGV[2], epoch .. ' ' .. ARGV[5] .. ' 0')
return {epoch, tonumber(f[1]), tonumber(f[3]), handled(KEYS[2], ARGV[2]), more}
