-- The gradients of a depthwise convolution with a long kernel.
-- expect: time limit
-- limits: time=2s
local nj = require "nightjar"
local weight = nj.randn { 64, 1, 20001 }:requires_grad_()
local y = nj.conv1d(nj.randn { 1, 20010, 64 }, weight, { groups = 64 })
y:sum():backward()
local x = nj.randn { 1, 120000, 64 }:requires_grad_()
nj.conv1d(x, weight, { groups = 64 }):sum():backward()
