-- The text of a network with a million million layers.
-- expect: time limit or memory limit or completes or error
-- limits: time=300ms
local nj = require "nightjar"
local m = nj.nn.ReLU()
for _ = 1, 40 do m = nj.nn.Sequential { { "a", m }, { "b", m } } end
return #tostring(m)
