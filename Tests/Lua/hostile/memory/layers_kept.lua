-- Layers of a megabyte, all of them kept.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
local kept = {}
while true do kept[#kept + 1] = nj.nn.Linear(512, 512) end
