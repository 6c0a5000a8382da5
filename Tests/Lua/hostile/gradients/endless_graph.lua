-- A running sum that keeps the graph of all its steps.
-- expect: memory limit or time limit
-- limits: time=3s
local nj = require "nightjar"
local sum = nj.zeros(1000):requires_grad_()
while true do sum = sum * 1.0001 end
