-- The ledger at the end of a hold, or where some are put off: records what
-- became of the members of a chunk, or of those put off, whole, if the hold
-- still stands.
-- KEYS[1] post  [2] parts  [3] plan  [4] bodies  [5] late  [6] posts
--     [7] due  [8] stream of the entry
-- ARGV[1] id  [2] kind: b chunk | k put off  [3] chunk or field of late
--     [4] epoch  [5] bitmap of who is handled, or JSON of who is left ('' none)
--     [6] mode: end | again ends it with work left | keep keeps the hold
--     [7] round of the run  [8] entry id  [9] group  [10] now, Unix s
--     [11] life of a settled post, s  [12] number of this save under the hold
--     [13] bits in the chunk of those put off whom no list of the post
--     reaches any more  [14] as [5], with them left: where a list was planned
--     since, it may reach them
--     then, for each destination that put some off: a new field of late, JSON,
--     due (Unix ms)
-- Result: 1 recorded, 0 the hold was lost
local lock = (ARGV[2] == 'b' and 'l' or 'k') .. ARGV[3]
local epoch, entry, saved = string.match(redis.call('HGET', KEYS[2], lock) or '', '^(%d+) (%S+) (%d+)$')
if epoch ~= ARGV[4] then return 0 end
if tonumber(saved) >= tonumber(ARGV[12]) then return 1 end -- sent again, or overtaken
redis.call('HSET', KEYS[2], lock, epoch .. ' ' .. entry .. ' ' .. ARGV[12])
local state = ARGV[5]
if ARGV[13] ~= '' and ARGV[6] ~= 'keep' then
  if redis.call('HGET', KEYS[1], 'round') == ARGV[7] then
    local chunk = 'g' .. string.sub(ARGV[3], 1, 7)
    redis.call('HSET', KEYS[2], chunk, (redis.call('HGET', KEYS[2], chunk) or '') .. ARGV[13] .. ',')
  else
    state = ARGV[14]
  end
end
if ARGV[2] == 'b' then
  redis.call('HSET', KEYS[2], 'b' .. ARGV[3], state)
elseif state == '' then
  redis.call('HDEL', KEYS[5], ARGV[3])
else
  redis.call('HSET', KEYS[5], ARGV[3], state)
end
for i = 15, #ARGV, 3 do
  redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[7], ARGV[i + 2], ARGV[1] .. ' ' .. ARGV[i])
end
if ARGV[6] == 'keep' then return 1 end
redis.call('HDEL', KEYS[2], lock)
redis.call('XACK', KEYS[8], ARGV[9], ARGV[8])
redis.call('XDEL', KEYS[8], ARGV[8])
if ARGV[2] == 'k' then
  if state ~= '' then redis.call('XADD', KEYS[8], '*', 'post', ARGV[1], 'late', ARGV[3]) end
else
  local round = redis.call('HGET', KEYS[1], 'round')
  if ARGV[6] == 'again' or round ~= ARGV[7] then
    -- Left over, or planned for a further list while it was held. The place
    -- is one that no next chunk follows.
    redis.call('XADD', KEYS[8], '*', 'post', ARGV[1], 'chunk', ARGV[3], 'at', -9, 'round', round)
  elseif redis.call('HGET', KEYS[2], 'd' .. ARGV[3]) ~= round then
    redis.call('HSET', KEYS[2], 'd' .. ARGV[3], round)
    redis.call('HINCRBY', KEYS[1], 'left', -1)
  end
end
settle(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1], ARGV[10], ARGV[11])
return 1
