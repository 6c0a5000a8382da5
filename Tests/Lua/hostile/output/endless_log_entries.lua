-- An endless loop that adds numbers to the run's log.
-- expect: output limit or time limit
-- limits: time=1s
local nj = require "nightjar"
local name = ("x"):rep(10000)
while true do nj.run.log(name, 1, 1) end
