-- Files of a megabyte in the run's folder, for ever.
-- expect: O
-- limits: time=10s
local nj = require "nightjar"
local text = ("x"):rep(1 << 20)
for i = 1, math.huge do nj.run.save("file" .. i, text) end
