-- An iteration of LAPACK that takes seconds, within a pcall.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
local x = nj.randn { 2500, 2500 }
print(pcall(function() return x:matmul(x:t()):eigh() end))
