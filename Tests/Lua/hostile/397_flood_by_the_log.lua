-- Numbers noted in the run's table, for ever.
-- expect: O or T
-- limits: time=1s
local nj = require "nightjar"
local name = ("x"):rep(10000)
while true do nj.run.log(name, 1, 1) end
