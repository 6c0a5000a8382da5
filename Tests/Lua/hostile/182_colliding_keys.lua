-- Millions of float keys that differ in their last bits only.
-- expect: T or M
-- limits: time=300ms
local t = {}
for i = 1, math.huge do t[1 + i * 2 ^ -52] = i end
