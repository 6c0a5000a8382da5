-- An endless loop that writes files of a megabyte into the run's folder.
-- expect: output limit
-- limits: time=10s
local nj = require "nightjar"
local text, out = ("x"):rep(1 << 20), nj.run.out
for i = 1, math.huge do nj.fs.write(out .. "/file" .. i, text) end
