-- A heatmap from the smallest number to the largest.
-- expect: completes
local nj = require "nightjar"
assert(#nj.plot.heatmap { value = { { 1e308, -1e308 }, { 0, 0 / 0 } } }:text() > 0)
