-- One number expanded four million times, in a thousand series: more values than the memory holds.
-- expect: error
-- message: a figure holds at most
-- limits: time=5s
local nj = require "nightjar"
local series, wide = {}, nj.zeros(1):expand(4e6 | 0)
for i = 1, 1000 do series[i] = wide end
nj.plot.histogram { series = series }
