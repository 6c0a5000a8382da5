-- Matrix products, for ever: the limit strikes in the middle of one (again afterwards: HostileWorldTests).
-- expect: T
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.rand(512, 512)
while true do pcall(x.matmul, x, x) end
