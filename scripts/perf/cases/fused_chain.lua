-- The chain of chain.lua as one function.
local nj = require "nightjar"
local case = require "case"

local x = nj.randn { 10000000 }
local chain = nj.fuse(function(value) return (value * 2 + 1):tanh() * value - value:sigmoid() end)

case.run({ x = x }, function() return chain(x) end)
