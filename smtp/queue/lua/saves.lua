-- The ledger while parts are under way: records what became of the members of
-- several parts of one family's posts, each whole, where its hold still stands.
-- KEYS, two a part: parts, late
-- ARGV, five a part: kind: b chunk | k put off; chunk or field of late; epoch;
--     bitmap of who is handled, or JSON of who is left; number of this save
--     under the hold
-- Result: for each part 1 recorded, 0 the hold was lost
local out = {}
for i = 1, #KEYS / 2 do
  local parts, late = KEYS[2 * i - 1], KEYS[2 * i]
  local kind, name, epoch, state, nth = unpack(ARGV, 5 * i - 4, 5 * i)
  local lock = (kind == 'b' and 'l' or 'k') .. name
  local held, entry, saved = string.match(redis.call('HGET', parts, lock) or '', '^(%d+) (%S+) (%d+)$')
  out[i] = held == epoch and 1 or 0
  if held == epoch and tonumber(saved) < tonumber(nth) then -- else sent again, or overtaken
    local hold = held .. ' ' .. entry .. ' ' .. nth
    if kind == 'b' then
      redis.call('HSET', parts, lock, hold, 'b' .. name, state)
    else
      redis.call('HSET', parts, lock, hold)
      redis.call('HSET', late, name, state)
    end
  end
end
return out
