-- A heatmap with a cell for every pair of thirty thousand names.
-- expect: memory limit or error or time limit
-- limits: time=3s
local nj = require "nightjar"
local rows = {}
for i = 1, 3e4 do rows[i] = { x = i, y = i, v = i } end
return #nj.plot.heatmap { rows = rows, x = "x", y = "y", value = "v" }:text()
