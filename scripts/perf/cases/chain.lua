-- (x · 2 + 1).tanh() · x − sigmoid(x) on 10 million elements, operation by operation.
local nj = require "nightjar"
local case = require "case"

local x = nj.randn { 10000000 }

case.run({ x = x }, function() return (x * 2 + 1):tanh() * x - x:sigmoid() end)
