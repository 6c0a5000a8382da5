-- An endless loop that saves files of a megabyte in the run's folder.
-- expect: output limit
-- limits: time=10s
local nj = require "nightjar"
local text = ("x"):rep(1 << 20)
for i = 1, math.huge do nj.run.save("file" .. i, text) end
