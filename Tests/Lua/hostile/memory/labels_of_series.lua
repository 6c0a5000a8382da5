-- Figures whose series have long names, kept.
-- expect: memory limit
-- limits: time=60s
local nj = require "nightjar"
local kept = {}
local long = ("x"):rep(5000000)
for i = 1, 1000 do kept[i] = nj.plot.lines { series = { { name = long .. i, y = { 1, 2 } } } } end
