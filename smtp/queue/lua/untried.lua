-- Tells whether a chunk of a post waits to be tried for one member, and drops
-- them from it where it is asked to.
-- KEYS[1] post  [2] parts  [3] plan
-- ARGV[1] chunk, seven digits  [2] their bit in it  [3] drop | look
-- Result: 0 it does not, 1 it waits (and is dropped), 2 it is being tried now
local f = redis.call('HMGET', KEYS[1], 'round', 'left', 'settled')
if not f[1] or f[3] or tonumber(f[2] or '0') < 1 then return 0 end
if redis.call('HGET', KEYS[2], 'd' .. ARGV[1]) == f[1] then return 0 end
local plan, part = redis.call('GET', KEYS[3]) or '', false
for at = 1, #plan, 7 do
  if string.sub(plan, at, at + 6) == ARGV[1] then part = true break end
end
if not part then return 0 end
local bits = redis.call('HGET', KEYS[2], 'b' .. ARGV[1]) or ''
local gone = ',' .. (redis.call('HGET', KEYS[2], 'g' .. ARGV[1]) or '')
local at, bit = math.floor(ARGV[2] / 8) + 1, 2 ^ (7 - ARGV[2] % 8)
local set = math.floor((string.byte(bits, at) or 0) / bit) % 2 == 1
if set and not string.find(gone, ',' .. ARGV[2] .. ',', 1, true) then return 0 end
-- Whoever holds the chunk writes its bitmap whole.
if redis.call('HEXISTS', KEYS[2], 'l' .. ARGV[1]) == 1 then return 2 end
if ARGV[3] == 'drop' then
  bits = handled(KEYS[2], ARGV[1])
  bits = bits .. string.rep('\0', at - #bits)
  local octet = string.byte(bits, at)
  redis.call('HSET', KEYS[2], 'b' .. ARGV[1], string.sub(bits, 1, at - 1) .. string.char(octet + bit) .. string.sub(bits, at + 1))
end
return 1
