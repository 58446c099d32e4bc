-- allow.lua: counts towards a limit.
--
-- KEYS  1 the counter, a hash: t when it began (ms), n how many since
-- ARGV  1 the limit, 2 the span in ms, 3 now in ms
-- Result  1 allowed and counted, 0 not
local limit, span, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local began = tonumber(redis.call('HGET', KEYS[1], 't') or '')
local count = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
if not began or now >= began + span or now < began - span then
  began, count = now, 0
end
if count >= limit then
  return 0
end
redis.call('HSET', KEYS[1], 't', began, 'n', count + 1)
if count == 0 then
  -- Only tidies: the caller's clock says when the span is over, so a short
  -- one must not go sooner because much real time has passed.
  redis.call('PEXPIRE', KEYS[1], math.max(span, 3600000))
end
return 1
