-- Views of one tensor, all of them kept.
-- expect: memory limit
-- limits: time=20s lua-memory=16MiB
local nj = require "nightjar"
local base, kept = nj.zeros(10), {}
while true do kept[#kept + 1] = base:slice(1, 2, 3) end
