-- One array that grows: each time it doubles, old and new are there at once.
-- expect: M
-- limits: time=20s
local kept = {}
for i = 1, math.huge do kept[i] = i end
