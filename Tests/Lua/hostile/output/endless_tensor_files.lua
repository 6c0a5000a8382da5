-- An endless loop that saves tensors of four megabytes in the run's folder.
-- expect: output limit
-- limits: time=10s
local nj = require "nightjar"
local x, out = nj.zeros(2 ^ 20), nj.run.out
for i = 1, math.huge do nj.save(out .. "/file" .. i, { x = x }) end
