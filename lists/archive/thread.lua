-- thread says which thread the post with that UID belongs to, and has later
-- posts find it: the one of posts that answer this one and came before it, or
-- of a post that it answers, or of its subject, or a new one. mids is the key
-- of known Message-IDs and subjects; from ARGV[at] on stand
--   the field of its own Message-ID or "",
--   the field of its subject this week or "",
--   the same of the week before if it is an answer, else "",
--   the fields of those it answers
local function thread(mids, uid, at)
  local own, subject, before = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local found = uid
  for i = #ARGV, at, -1 do
    local known = i ~= at + 1 and i ~= at + 2 and ARGV[i] ~= '' and redis.call('HGET', mids, ARGV[i])
    if known then
      found = string.match(known, ' (%d+)$')
    end
  end
  -- An answer that names no post we know belongs to the post that has its
  -- subject, if that came shortly before.
  for _, field in ipairs({subject, before}) do
    local known = found == uid and before ~= '' and redis.call('HGET', mids, field)
    if known and tonumber(known) < tonumber(uid) then
      found = known
    end
  end
  if subject ~= '' then
    local known = redis.call('HGET', mids, subject)
    if not known or tonumber(known) < tonumber(found) then
      redis.call('HSET', mids, subject, found)
    end
  end
  if own ~= '' then
    local known = redis.call('HGET', mids, own)
    if not known or string.sub(known, 1, 2) == '0 ' then
      redis.call('HSET', mids, own, uid .. ' ' .. found)
    end
  end
  for i = at + 3, #ARGV do
    redis.call('HSETNX', mids, ARGV[i], '0 ' .. found)
  end
  return found
end
