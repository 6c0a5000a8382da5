-- An endless loop that creates large tensors and drops them: memory use stays constant until the time limit.
-- expect: time limit
-- limits: time=500ms
local nj = require "nightjar"
while true do
  local _ = nj.zeros(1e6)
end
