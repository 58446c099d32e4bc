-- Opens a letter for sending: from here on only this holder's saves count.
-- KEYS[1] record  [2] stream
-- ARGV[1] group  [2] entry id
-- Result: {epoch, key, from, recipients, message, at, tries}, or nothing
--     where the letter is gone: its entry is then done with
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('XACK', KEYS[2], ARGV[1], ARGV[2])
  redis.call('XDEL', KEYS[2], ARGV[2])
  return {}
end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
local f = redis.call('HMGET', KEYS[1], 'key', 'from', 'to', 'raw', 'at', 'tries')
return {epoch, f[1], f[2], f[3], f[4], f[5], f[6]}
