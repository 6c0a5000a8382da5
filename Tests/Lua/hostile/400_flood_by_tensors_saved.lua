-- Tensors of four megabytes saved in the run's folder, for ever.
-- expect: O
-- limits: time=10s
local nj = require "nightjar"
local x, out = nj.zeros(2 ^ 20), nj.run.out
for i = 1, math.huge do nj.save(out .. "/file" .. i, { x = x }) end
