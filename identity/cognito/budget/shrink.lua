-- Counts a throttled call, and slows the bucket down that it was most likely throttled by: AWS does not say which.
--
-- KEYS: the buckets, the call's category first.
-- ARGV: 1 "1" if the rate is to be cut only where the bucket is in debt, 2 what the factor is multiplied by, 3 its least
--       value, 4 pause in microseconds between two cuts, 5 debt in microseconds after a cut, 6 and 7 seconds that a
--       category's and a narrow bucket is remembered, 8 prefix of the usage keys, 9 the category's name, 10 seconds that
--       usage is kept, 11 the reason.
-- Returns which bucket was slowed down, counted from 1; 0 for none.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local usage = ARGV[8] .. string.format('%.0f', math.floor(clock[1] / 60))
redis.call('HINCRBY', usage, ARGV[9] .. ' throttled', 1)
redis.call('EXPIRE', usage, ARGV[10])

local chosen, debt, stored
for i, key in ipairs(KEYS) do
  local found = redis.call('HMGET', key, 'clear_at', 'factor', 'cut_at')
  local this = (tonumber(found[1]) or 0) - now
  if not chosen or this > debt then chosen, debt, stored = i, this, found end
end
if ARGV[1] == '1' and debt <= 0 then return 0 end
-- The calls that were on their way when the first was throttled say nothing new.
if now - (tonumber(stored[3]) or 0) < tonumber(ARGV[4]) then return 0 end
local factor = math.max(tonumber(ARGV[3]), (tonumber(stored[2]) or 1) * tonumber(ARGV[2]))
redis.call('HSET', KEYS[chosen], 'factor', string.format('%.6f', factor), 'cut_at', string.format('%.0f', now),
  'used_at', string.format('%.0f', now), 'reason', ARGV[11],
  'clear_at', string.format('%.0f', math.max((tonumber(stored[1]) or 0), now + tonumber(ARGV[5]))))
redis.call('EXPIRE', KEYS[chosen], chosen == 1 and ARGV[6] or ARGV[7])
return chosen
