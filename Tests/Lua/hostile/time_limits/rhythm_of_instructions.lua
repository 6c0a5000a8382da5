-- Slow instructions when the clock ticks and fast ones in between: a budget that is sampled would not notice.
-- expect: instruction limit
-- limits: time=20s instructions=3e7
local nj = require "nightjar"
local text, executed = ("x"):rep(2 ^ 18), 0
while true do
  local start = nj.time()
  repeat local _ = text .. executed until nj.time() - start > 0.001
  for _ = 1, 1000000 do end
  executed = executed + 1000000
  assert(executed <= 31e6, "the limit came late")
end
