-- Large tensors, all of them kept.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
local kept = {}
while true do kept[#kept + 1] = nj.zeros(1e6) end
