-- Selecting among tens of millions of elements, again and again.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.zeros { 1 }:expand { 20000000 }
local mask = x:eq(0)
while true do x:masked_select(mask) end
