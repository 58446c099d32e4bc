-- commit.lua: compare and write, all or nothing.
--
-- KEYS  every key that a step names, all of one hash tag
-- ARGV  steps of four: verb, index into KEYS, field, value
--         checks, which all come before the writes:
--           h=  the hash's field has this value      h!  the hash has no such field
--           s=  the string has this value            s!  there is no such key
--         writes:
--           hset, hdel         field (and value) of a hash
--           hincr              field of a hash, by value
--           set, del           a string, its life time in ms in field ("0" for ever)
--           bit                bit number field to value
--           zadd, ztrim        score in field, member in value, one that is there keeps its score;
--                              ztrim: all below the score in field
-- Result  0 when everything was written, else the number of the check that
--         failed, counted from 1; then nothing was written.
local checks = {
  ['h='] = function(k, f, v) return redis.call('HGET', k, f) == v end,
  ['h!'] = function(k, f) return redis.call('HEXISTS', k, f) == 0 end,
  ['s='] = function(k, _, v) return redis.call('GET', k) == v end,
  ['s!'] = function(k) return redis.call('EXISTS', k) == 0 end,
}
local writes = {
  hset = function(k, f, v) redis.call('HSET', k, f, v) end,
  hdel = function(k, f) redis.call('HDEL', k, f) end,
  hincr = function(k, f, v) redis.call('HINCRBY', k, f, v) end,
  set = function(k, f, v)
    if f == '0' then redis.call('SET', k, v) else redis.call('SET', k, v, 'PX', f) end
  end,
  del = function(k) redis.call('DEL', k) end,
  bit = function(k, f, v) redis.call('SETBIT', k, f, v) end,
  zadd = function(k, f, v) redis.call('ZADD', k, 'NX', f, v) end,
  ztrim = function(k, f) redis.call('ZREMRANGEBYSCORE', k, '-inf', '(' .. f) end,
}
for i = 1, #ARGV, 4 do
  local check = checks[ARGV[i]]
  if check and not check(KEYS[tonumber(ARGV[i + 1])], ARGV[i + 2], ARGV[i + 3]) then
    return (i + 3) / 4
  end
end
for i = 1, #ARGV, 4 do
  local write = writes[ARGV[i]]
  if write then
    write(KEYS[tonumber(ARGV[i + 1])], ARGV[i + 2], ARGV[i + 3])
  end
end
return 0
