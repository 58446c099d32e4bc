-- settle ends a post when no chunk is open and nobody waits to be tried
-- again: bodies go now; what remembers who has it goes after keep seconds.
local function settle(post, parts, plan, bodies, late, posts, id, now, keep)
  if tonumber(redis.call('HGET', post, 'left') or '0') > 0 then return 0 end
  if redis.call('HLEN', late) > 0 then return 0 end
  redis.call('DEL', bodies, plan, late)
  for _, f in ipairs(redis.call('HKEYS', post)) do
    if string.sub(f, 1, 2) == 't:' then redis.call('HSET', post, f, '') end
  end
  redis.call('HSET', post, 'settled', now)
  redis.call('EXPIRE', post, keep)
  redis.call('EXPIRE', parts, keep)
  redis.call('ZREM', posts, id)
  return 1
end
