-- Titles of a hundred kilobytes, kept by figures.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
local kept = {}
for i = 1, 6000 do kept[i] = nj.plot.lines { x = { 1, 2 }, y = { 1, 2 }, title = ("x"):rep(100000) .. i } end
