-- Large tensors made and dropped, for ever: memory stays flat until the time is up.
-- expect: T
-- limits: time=500ms
local nj = require "nightjar"
while true do
  local _ = nj.zeros(1e6)
end
