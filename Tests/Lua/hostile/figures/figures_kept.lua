-- Figures of a hundred thousand points each, all of them kept.
-- expect: memory limit or time limit
-- limits: time=3s
local nj = require "nightjar"
local heights, kept = nj.rand(1e5), {}
while true do kept[#kept + 1] = nj.plot.lines { y = heights } end
