-- Endless matrix products: the limit is reached in the middle of one (again afterwards: HostileWorldTests).
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.rand(512, 512)
while true do pcall(x.matmul, x, x) end
