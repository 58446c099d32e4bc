-- Plans a post, or adds target lists to one that was planned before: the
-- chunks where those have members are opened again.
-- KEYS[1] post  [2] parts  [3] plan  [4] bodies  [5] late  [6] posts  [7] chunks (stream)
-- ARGV[1] id  [2] message id  [3] author  [4] now, Unix s  [5] chunk size
--     [6] life of a settled post, s  [7] count of lists, then for each list:
--     id, list as JSON, head, body's hash, body ('' if given before),
--     its chunks, seven digits each, ascending, the post's number in the
--     list, bitmap of whom alone it is for ('' all)
-- Result: the post's chunk size if it is another (nothing was done), else
--     minus the count of lists added
local size = redis.call('HGET', KEYS[1], 'size')
if size and size ~= ARGV[5] then return tonumber(size) end
local added, want, seen, lists = 0, {}, {}, 0
for _, f in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(f, 1, 2) == 't:' then lists = lists + 1 end
end
local function open(c)
  if not seen[c] then seen[c] = true; want[#want + 1] = c end
end
for i = 8, 7 + 8 * tonumber(ARGV[7]), 8 do
  local list = ARGV[i]
  if redis.call('HEXISTS', KEYS[1], 't:' .. list) == 0 then
    added = added + 1
    redis.call('HSET', KEYS[1], 't:' .. list, cjson.encode({lists + added, ARGV[i + 3], ARGV[i + 1], tonumber(ARGV[i + 6])}))
    redis.call('HSET', KEYS[4], 'h:' .. list, ARGV[i + 2])
    if ARGV[i + 7] ~= '' then redis.call('HSET', KEYS[4], 'o:' .. list, ARGV[i + 7]) end
    if ARGV[i + 4] ~= '' then redis.call('HSETNX', KEYS[4], 'b:' .. ARGV[i + 3], ARGV[i + 4]) end
    for at = 1, #ARGV[i + 5], 7 do open(string.sub(ARGV[i + 5], at, at + 6)) end
  end
end
if added == 0 then return 0 end
if not size then
  redis.call('HSET', KEYS[1], 'id', ARGV[1], 'mid', ARGV[2], 'author', ARGV[3], 'at', ARGV[4],
    'size', ARGV[5], 'round', 0, 'epoch', 0, 'left', 0)
end
redis.call('HDEL', KEYS[1], 'settled')
for _, k in ipairs({1, 2}) do redis.call('PERSIST', KEYS[k]) end
-- What the round before has not done yet is part of this one.
local before = redis.call('HGET', KEYS[1], 'round')
if tonumber(redis.call('HGET', KEYS[1], 'left')) > 0 then
  local old = redis.call('GET', KEYS[3]) or ''
  for at = 1, #old, 7 do
    local c = string.sub(old, at, at + 6)
    if redis.call('HGET', KEYS[2], 'd' .. c) ~= before then open(c) end
  end
end
table.sort(want)
local round = redis.call('HINCRBY', KEYS[1], 'round', 1)
redis.call('HSET', KEYS[1], 'left', #want, 'next', 1)
redis.call('SET', KEYS[3], table.concat(want))
redis.call('ZADD', KEYS[6], 'NX', ARGV[4], ARGV[1])
if #want > 0 then
  redis.call('XADD', KEYS[7], '*', 'post', ARGV[1], 'chunk', want[1], 'at', 0, 'round', round)
else
  settle(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1], ARGV[4], ARGV[6])
end
return -added
