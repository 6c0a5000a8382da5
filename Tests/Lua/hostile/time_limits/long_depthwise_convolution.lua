-- One depthwise convolution of one sample with a long kernel: a single chunk of work.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
nj.conv1d(nj.randn { 1, 200000, 64 }, nj.randn { 64, 1, 100001 }, { groups = 64 })
