-- One array that grows: whenever it doubles, the old and the new block exist at the same time.
-- expect: memory limit
-- limits: time=20s
local kept = {}
for i = 1, math.huge do kept[i] = i end
