-- Figures of a million points each, all of them kept.
-- expect: M or T
-- limits: time=3s
-- alone: until it neither hangs nor crashes
local nj = require "nightjar"
local heights, kept = nj.rand(1e6), {}
while true do kept[#kept + 1] = nj.plot.lines { y = heights } end
