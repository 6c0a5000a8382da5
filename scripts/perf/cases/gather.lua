-- As many elements gathered along the last dimension of 4,096 × 1,000.
local nj = require "nightjar"
local case = require "case"

local x = nj.randn { 4096, 1000 }
local index = nj.randint(1, 1000, { 4096, 1000 })

case.run({ x = x, index = index }, function() return x:gather(2, index) end)
