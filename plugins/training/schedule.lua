-- How long to train, by the data at hand.
local schedule = {}

-- Batches of about a 32nd of the clips, a power of two from 16 to 256, and epochs for about 1,600 steps, but at least
-- 15 and at most 60 of them: a small set repeats itself, a large one shows enough in few epochs. Options replace both.
function schedule.plan(data, options)
  local clips = data:count "train"
  local batch = 16
  while batch < 256 and batch * 2 <= clips / 32 do batch = batch * 2 end
  batch = options.batch or batch
  local epochs = math.floor(1600 / math.ceil(clips / batch) + 0.5)
  return { batch = batch, epochs = options.epochs or math.max(15, math.min(60, epochs)) }
end

return schedule
