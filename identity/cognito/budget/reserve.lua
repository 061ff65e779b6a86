-- Takes a slot of every bucket in KEYS, or of none. model.py says the same in Python; here the clock is Redis's own, so
-- that all processes have one. Times are microseconds.
--
-- KEYS: the buckets, the call's category first.
-- ARGV: 1 lane number, 2 credit, 3 firm, 4 firm for whose turn has come, 5 patience, 6 waited, 7 unknown debt, 8 growth
--       of the factor per second, 9 and 10 seconds that a category's and a narrow bucket is remembered, 11 prefix of
--       the usage keys, 12 the category's name, 13 seconds that usage is kept; then the full rate of each bucket.
-- Returns the verdict, the wait, the time, and the present rate of each bucket.
local lane, credit, firm, patience = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])
local waited, unknown_debt, growth = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local allowed_wait = waited > 0 and tonumber(ARGV[4]) or firm
local queue = 'queue' .. lane
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local buckets, rates, wait, behind = {}, {}, 0, false

local function whole(number)
  return string.format('%.0f', number)
end

local function count(field, amount)
  local key = ARGV[11] .. whole(math.floor(clock[1] / 60))
  redis.call('HINCRBY', key, ARGV[12] .. ' ' .. field, whole(amount))
  redis.call('EXPIRE', key, ARGV[13])
end

for i, key in ipairs(KEYS) do
  local stored = redis.call('HMGET', key, 'clear_at', 'factor', 'used_at', queue)
  local factor = tonumber(stored[2]) or 1
  if factor < 1 then
    -- It grows while the bucket is used, by a second's worth at most from one use to the next: idle time proves nothing.
    local since = math.min(math.max(now - (tonumber(stored[3]) or now), 0), 1000000)
    factor = math.min(1, factor + growth * since / 1000000)
  end
  local rate = tonumber(ARGV[13 + i]) * factor
  local bucket = {
    factor = factor,
    interval = 1000000 / rate,
    clear_at = tonumber(stored[1]) or (i == 1 and now + unknown_debt or now),
    turn = tonumber(stored[4]) or 0,
    kept = i == 1 and ARGV[9] or ARGV[10],
  }
  -- No debt and no turn is further away than this, unless the clock was set back: then it must not hold everybody up.
  bucket.clear_at = math.min(bucket.clear_at, now + unknown_debt + tonumber(ARGV[4]) + bucket.interval)
  if bucket.turn > now + patience then bucket.turn = 0 end
  buckets[i], rates[i] = bucket, string.format('%.6f', rate)
  wait = math.max(wait, bucket.clear_at - credit - now)
  behind = behind or (waited == 0 and bucket.turn > now)
end

local function remember(key, bucket)
  redis.call('HSET', key, 'clear_at', whole(bucket.clear_at), 'factor', string.format('%.6f', bucket.factor),
    'used_at', whole(now), queue, whole(bucket.turn))
  redis.call('EXPIRE', key, bucket.kept)
end

if wait <= allowed_wait and not behind then
  for i, key in ipairs(KEYS) do
    buckets[i].clear_at = math.max(buckets[i].clear_at, now) + buckets[i].interval
    remember(key, buckets[i])
  end
  count('calls', 1)
  if waited + wait >= 1 then count('waited', math.ceil(waited + wait)) end
  return {1, math.ceil(wait), whole(now), rates}
end

-- The turn of whoever asks now: when a slot will be near enough to be promised, and after those who asked before.
local turn = now
for _, bucket in ipairs(buckets) do
  local due = math.max(now, bucket.clear_at - credit - firm)
  if bucket.turn > now then due = math.max(due, bucket.turn + bucket.interval) end
  bucket.due, turn = due, math.max(turn, due)
end
local verdict = 0
if waited + turn - now > patience then
  verdict = -1
  count('refused', 1)
end
for i, key in ipairs(KEYS) do
  if verdict == 0 and buckets[i].due > now then buckets[i].turn = buckets[i].due end
  remember(key, buckets[i])
end
return {verdict, math.ceil(turn - now), whole(now), rates}
