-- The product of two matrices of 1024 × 1024.
local nj = require "nightjar"
local case = require "case"

local a = nj.randn { 1024, 1024 }
local b = nj.randn { 1024, 1024 }

case.run({ a = a, b = b }, function() return a:matmul(b) end, 3)
