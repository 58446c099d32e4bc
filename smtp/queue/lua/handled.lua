-- handled gives the bitmap of who is handled of a chunk, once those are taken
-- out of it who were put off and then, when tried again, reached by no list.
-- Whoever holds the chunk writes its bitmap whole: so they wait for its next
-- opening.
local function handled(parts, chunk)
  local bits = redis.call('HGET', parts, 'b' .. chunk) or ''
  local gone = redis.call('HGET', parts, 'g' .. chunk)
  if not gone then return bits end
  for text in string.gmatch(gone, '%d+') do
    local place = tonumber(text)
    local at, bit = math.floor(place / 8) + 1, 2 ^ (7 - place % 8)
    local octet = string.byte(bits, at)
    if octet and math.floor(octet / bit) % 2 == 1 then
      bits = string.sub(bits, 1, at - 1) .. string.char(octet - bit) .. string.sub(bits, at + 1)
    end
  end
  redis.call('HDEL', parts, 'g' .. chunk)
  redis.call('HSET', parts, 'b' .. chunk, bits)
  return bits
end
