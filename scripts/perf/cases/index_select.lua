-- 8,192 rows selected from 4,096 × 1,000.
local nj = require "nightjar"
local case = require "case"

local x = nj.randn { 4096, 1000 }
local index = nj.randint(1, 4096, { 8192 })

case.run({ x = x, index = index }, function() return x:index_select(1, index) end)
