-- Millions of float keys that differ only in their last bits.
-- expect: time limit or memory limit
-- limits: time=300ms
local t = {}
for i = 1, math.huge do t[1 + i * 2 ^ -52] = i end
