-- The logarithm of softmax over the last dimension of 4,096 × 1,000.
local nj = require "nightjar"
local case = require "case"

local x = nj.randn { 4096, 1000 }

case.run({ x = x }, function() return x:log_softmax(2) end)
