-- Native memory runs out inside pcall, for ever.
-- expect: M
-- limits: time=10s
local nj = require "nightjar"
while true do pcall(nj.zeros, 1e9 | 0) end
