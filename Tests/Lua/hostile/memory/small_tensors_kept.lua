-- Tensors of one number, all of them kept.
-- expect: memory limit
-- limits: time=20s lua-memory=16MiB
local nj = require "nightjar"
local kept = {}
while true do kept[#kept + 1] = nj.zeros(1) end
