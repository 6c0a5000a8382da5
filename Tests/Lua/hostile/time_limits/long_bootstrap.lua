-- The paired bootstrap of two lists of millions draws ten thousand times as many numbers.
-- expect: time limit
-- limits: time=1s
local nj = require "nightjar"
local left = nj.rand(4000000)
nj.metrics.paired_difference(left, nj.rand(4000000))
