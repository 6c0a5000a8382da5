-- Singular values of a large matrix, caught and computed again.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.randn { 2000, 2000 }
while true do pcall(x.svd, x) end
