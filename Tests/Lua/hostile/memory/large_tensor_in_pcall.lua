-- Native memory runs out inside pcall, again and again.
-- expect: memory limit
-- limits: time=10s
local nj = require "nightjar"
while true do pcall(nj.zeros, 1e9 | 0) end
