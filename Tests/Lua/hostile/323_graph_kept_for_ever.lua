-- A running sum that keeps its whole past.
-- expect: M or T
-- limits: time=3s
local nj = require "nightjar"
local sum = nj.zeros(1000):requires_grad_()
while true do sum = sum * 1.0001 end
