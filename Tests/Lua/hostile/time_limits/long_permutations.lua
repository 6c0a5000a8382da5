-- Permutations of as many numbers as the memory holds.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
while true do nj.randperm(20000000) end
